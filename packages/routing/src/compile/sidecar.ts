import type { Mesh } from '../mesh/mesh.ts'
import { buildListener, unknownTarget } from './chain.ts'
import { outboundListeners } from './outbound-listeners.ts'
import type { ListenerDraft } from './outbound-listeners.ts'
import { anyAddress, listenerName } from './proxy-config.ts'
import type {
  Listener,
  PortListeners,
  ProxyConfig,
  RouteConfig,
  VirtualHost,
} from './proxy-config.ts'
import type { Proxy } from './proxy.ts'
import { sidecarScope } from './sidecar-scope.ts'
import type { EgressScope, SidecarScope } from './sidecar-scope.ts'
import { buildVirtualHosts } from './sidecar-virtual-hosts.ts'
import { routeConfig, unknownHosts } from './virtual-host.ts'

type Routing = Pick<ProxyConfig, 'listeners' | 'lastListener' | 'routeConfigs' | 'targetPorts'>

/**
 * What a sidecar is configured with for the traffic that its workload sends. `isShown` tells the addresses that
 * listeners are called by; the others stand for a Service, whose host is then named.
 */
export function compileSidecar(
  mesh: Mesh,
  proxy: Proxy,
  isShown: (address: string) => boolean,
): Routing {
  const scope = sidecarScope(mesh, proxy)
  const unknown = unknownTarget(scope.outbound)
  const listeners = new Map<number, { byAddress: Map<string, Listener>; any: Listener | null }>()
  const routes = new RouteConfigs(mesh, proxy, scope)
  for (const draft of outboundListeners(mesh, proxy, scope)) {
    const listener = buildListener(
      listenerName(isShown(draft.address) ? draft.address : draft.host, draft.port),
      draft.chains,
      unknown,
    )
    const known = listeners.get(draft.port) ?? { byAddress: new Map(), any: null }
    listeners.set(draft.port, known)
    if (draft.address === anyAddress) known.any = listener
    else known.byAddress.set(draft.address, listener)
    for (const name of routeNames(draft)) routes.add(name, draft.port)
  }
  return {
    listeners: listeners satisfies ReadonlyMap<number, PortListeners>,
    // Istio's listener for every connection that no other one takes.
    lastListener: buildListener('virtualOutbound', [], unknown),
    routeConfigs: routes.byName,
    targetPorts: new Map(),
  }
}

function routeNames({ chains }: ListenerDraft): string[] {
  return chains.flatMap(({ target }) => (target.kind === 'http' ? [target.routeConfig] : []))
}

/** The route configurations of a sidecar; those of one port share its virtual hosts. */
class RouteConfigs {
  readonly byName = new Map<string, RouteConfig>()
  readonly #byPort = new Map<number, readonly VirtualHost[]>()
  readonly #byDomain = new Map<number, ReadonlyMap<string, readonly VirtualHost[]>>()
  readonly #entries = new Map<number, EgressScope>()
  /** The first entry for every port: those after it are for none. */
  readonly #everyPort: EgressScope | undefined
  readonly #mesh: Mesh
  readonly #proxy: Proxy
  readonly #unknown: VirtualHost

  constructor(mesh: Mesh, proxy: Proxy, scope: SidecarScope) {
    this.#mesh = mesh
    this.#proxy = proxy
    this.#unknown = unknownHosts(scope.outbound)
    this.#everyPort = scope.egress.find(({ port }) => port === null)
    for (const entry of scope.egress) {
      if (entry.port === null) break
      const { number } = entry.port
      if (!this.#entries.has(number)) this.#entries.set(number, entry)
    }
  }

  /** `name` is a port, or `HOST:PORT` where one Service alone is listened for. */
  add(name: string, port: number): void {
    if (this.byName.has(name)) return
    const virtualHosts = this.#virtualHosts(port)
    const colon = name.lastIndexOf(':')
    const own =
      colon === -1
        ? [...virtualHosts, this.#unknown]
        : sniffedHosts(this.#hostsNamed(name.slice(0, colon), port))
    this.byName.set(name, routeConfig(name, own))
  }

  #virtualHosts(port: number): readonly VirtualHost[] {
    const known = this.#byPort.get(port)
    if (known !== undefined) return known
    // The entry that a port's routes are of: the first with that port, or without any.
    const egress = this.#entries.get(port) ?? this.#everyPort
    const built =
      egress === undefined
        ? []
        : buildVirtualHosts({ mesh: this.#mesh, proxy: this.#proxy, egress, port })
    this.#byPort.set(port, built)
    return built
  }

  #hostsNamed(domain: string, port: number): readonly VirtualHost[] {
    const known = this.#byDomain.get(port) ?? byDomain(this.#virtualHosts(port))
    this.#byDomain.set(port, known)
    return known.get(domain) ?? []
  }
}

function byDomain(virtualHosts: readonly VirtualHost[]): Map<string, VirtualHost[]> {
  const found = new Map<string, VirtualHost[]>()
  for (const virtualHost of virtualHosts) {
    for (const domain of new Set(virtualHost.domains)) {
      const known = found.get(domain)
      if (known === undefined) found.set(domain, [virtualHost])
      else known.push(virtualHost)
    }
  }
  return found
}

/**
 * A sniffed port knows where the connection went, and so ignores Host: of the port's virtual hosts only the
 * Service's own is left, for any domain (istio: httproute.go, getVirtualHostsForSniffedServicePort).
 */
function sniffedHosts(own: readonly VirtualHost[]): readonly VirtualHost[] {
  return own.length === 1 ? own.map((one) => ({ ...one, domains: ['*'] })) : own
}
