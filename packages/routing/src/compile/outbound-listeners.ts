import { isAddress } from '../mesh/address.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { portInstances } from '../mesh/port-instances.ts'
import { isHttp, isTcp } from '../mesh/protocol.ts'
import type { Protocol } from '../mesh/protocol.ts'
import type { Service } from '../mesh/service.ts'
import { conflictKey, draftChain } from './chain.ts'
import type { ChainDraft } from './chain.ts'
import { connectionChains } from './connection-chains.ts'
import { anyAddress } from './proxy-config.ts'
import type { Proxy } from './proxy.ts'
import type { EgressScope, SidecarScope } from './sidecar-scope.ts'

/** A listener in the making: Services of one address and port add to it. */
export interface ListenerDraft {
  readonly address: string
  readonly port: number
  /** The host of the first Service that it is for. */
  readonly host: string
  readonly chains: ChainDraft[]
  /** What it takes connections for; `auto` where it looks at them. */
  protocol: Protocol
  /** Whether an egress entry with a port has made it, so that no other may add to it. */
  isLocked: boolean
}

/** A port that a listener serves. */
interface ListenerPort {
  readonly port: number
  readonly protocol: Protocol
}

/**
 * The listeners of a sidecar for what its workload sends, by address and port. HTTP ports share one on every
 * address, where Host tells the Services apart; any other port has one at the Service's address. Where several
 * Services come together, so do their filter chains (istio: listener.go, buildSidecarOutboundListeners).
 */
export function outboundListeners(
  mesh: Mesh,
  proxy: Proxy,
  scope: SidecarScope,
): Iterable<ListenerDraft> {
  const builder = new ListenerBuilder(mesh, proxy, scope)
  for (const entry of scope.egress) {
    if (entry.port === null) builder.addAll(entry)
    else builder.addPort(entry, entry.port)
  }
  return builder.drafts()
}

class ListenerBuilder {
  readonly #drafts = new Map<string, ListenerDraft>()
  readonly #keys = new Map<ListenerDraft, Set<string>>()
  readonly #mesh: Mesh
  readonly #proxy: Proxy
  readonly #scope: SidecarScope

  constructor(mesh: Mesh, proxy: Proxy, scope: SidecarScope) {
    this.#mesh = mesh
    this.#proxy = proxy
    this.#scope = scope
  }

  /** What a listener's chains ask for: thousands may come together at one. */
  #keysOf(draft: ListenerDraft): Set<string> {
    const known = this.#keys.get(draft) ?? new Set(draft.chains.map(conflictKey))
    this.#keys.set(draft, known)
    return known
  }

  drafts(): Iterable<ListenerDraft> {
    return this.#drafts.values()
  }

  /** An entry with a port: all of its Services are served there. */
  addPort(entry: EgressScope, { number, protocol }: { number: number; protocol: Protocol }): void {
    for (const service of entry.services) {
      this.#add(entry, service, { port: number, protocol }, boundAddress(entry))
    }
  }

  /** An entry without one: the Services' own ports, but for those that entries before it have taken. */
  addAll(entry: EgressScope): void {
    for (const draft of this.#drafts.values()) draft.isLocked = true
    const bound = boundAddress(entry)
    for (const service of entry.services) {
      for (const port of service.ports) {
        const addresses = bound === null ? this.#podAddresses(service, port) : null
        if (addresses === null) this.#add(entry, service, port, bound)
        else for (const address of addresses) this.#add(entry, service, port, address)
      }
    }
  }

  /**
   * A headless Service has no address, so that a port that is not HTTP is listened to at each of its pods', but
   * for the proxy's own; null where that does not hold.
   */
  #podAddresses(service: Service, { port, protocol }: ListenerPort): string[] | null {
    const isHeadless = service.resolution === 'passthrough' && service.addresses.length === 0
    if (!isHeadless || isHttp(protocol) || protocol === 'udp') return null
    const instances = portInstances(this.#mesh, service, port)
    if (service.registry === 'external' && instances.length === 0 && service.selector === null) {
      return null
    }
    return instances
      .map(({ address }) => address)
      .filter((address) => isAddress(address) && address !== this.#proxy.ip)
  }

  #add(entry: EgressScope, service: Service, port: ListenerPort, bound: string | null): void {
    if (service.resolution === 'alias' || port.protocol === 'udp') return
    const own = isHttp(port.protocol) ? null : (service.addresses[0] ?? null)
    const cidrs = bound === null && own?.includes('/') === true ? service.addresses : []
    const address = bound ?? (own === null || cidrs.length > 0 ? anyAddress : own)
    const key = `${address} ${port.port}`
    const draft = this.#drafts.get(key)
    if (draft?.isLocked === true) return
    const fresh = (): ListenerDraft => {
      const connections = (): ChainDraft[] =>
        connectionChains({
          proxy: this.#proxy,
          servicesByHost: this.#scope.servicesByHost,
          service,
          port,
          cidrs,
          address,
          virtualServices: entry.virtualServices,
        })
      const isShared = address === anyAddress
      return {
        address,
        port: port.port,
        host: service.host,
        isLocked: false,
        // With a chain for what is not HTTP it looks at its connections.
        protocol: isHttp(port.protocol) && isShared ? 'auto' : port.protocol,
        chains: chainsOf(service, port, isShared, connections),
      }
    }
    if (draft === undefined) this.#drafts.set(key, fresh())
    else this.#join(key, draft, port.protocol, fresh)
  }

  /** What becomes of a second Service at one address and port. */
  #join(place: string, draft: ListenerDraft, protocol: Protocol, fresh: () => ListenerDraft): void {
    // HTTP and sniffed Services share what is there: virtual hosts tell them apart.
    if (!isTcp(protocol) && !isTcp(draft.protocol)) {
      if (protocol !== 'auto' || !isHttp(draft.protocol)) return
    }
    if (isServerFirst(protocol, draft.protocol)) return
    if (protocol === 'auto' && isHttp(draft.protocol)) {
      this.#drafts.set(place, fresh())
      return
    }
    const taken = this.#keysOf(draft)
    for (const chain of fresh().chains) {
      const key = conflictKey(chain)
      if (taken.has(key)) continue
      taken.add(key)
      draft.chains.push(chain)
    }
    if (!(isTcp(protocol) && isTcp(draft.protocol))) draft.protocol = 'auto'
  }
}

/** Sniffing would break protocols where the server speaks first (istio: isConflictWithWellKnownPort). */
function isServerFirst(incoming: Protocol, existing: Protocol): boolean {
  return incoming !== existing && (serverFirst.has(incoming) || serverFirst.has(existing))
}

const serverFirst: ReadonlySet<Protocol> = new Set(['mongo', 'mysql'])

function boundAddress({ bind, isBound }: EgressScope): string | null {
  return bind ?? (isBound ? '127.0.0.1' : null)
}

function chainsOf(
  { host }: Service,
  { port, protocol }: ListenerPort,
  isShared: boolean,
  connections: () => ChainDraft[],
): ChainDraft[] {
  if (isTcp(protocol)) return connections()
  const isAuto = protocol === 'auto'
  const routeConfig = isAuto && !isShared ? `${host}:${port}` : String(port)
  // HTTP alone at an address of its own needs no looking, nor does what is there to proxy HTTP.
  const plainHttp = isAuto || (isShared && protocol !== 'http-proxy')
  const http = draftChain({ kind: 'http', routeConfig, http10: false }, { plainHttp })
  return isAuto ? [...connections(), http] : [http]
}
