import { isWildcard } from '../mesh/host.ts'
import { HostLookup } from '../mesh/host-lookup.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { isHttp } from '../mesh/protocol.ts'
import type { Service, ServicePort } from '../mesh/service.ts'
import type { VirtualService } from '../mesh/virtual-service.ts'
import { finishVirtualHosts } from './finish-virtual-hosts.ts'
import type { Exclusion, Route, VirtualHost } from './proxy-config.ts'
import type { Proxy } from './proxy.ts'
import { buildRoutes } from './routes.ts'
import type { BuiltRoutes } from './routes.ts'
import type { EgressScope } from './sidecar-scope.ts'
import { defaultRoute } from './virtual-host.ts'

/** For whom virtual hosts are made. */
export interface VirtualHostContext {
  readonly mesh: Mesh
  readonly proxy: Proxy
  readonly egress: EgressScope
  readonly port: number
}

/** A Service as a listener's port shows it: with that port alone. */
interface PortView {
  readonly service: Service
  readonly port: ServicePort
}

/** What a port shows. */
interface Shown {
  /** By host in lower case. */
  readonly views: ReadonlyMap<string, PortView>
  readonly byHost: HostLookup<PortView>
}

/** Routes that some hosts share. */
export interface Wrapper {
  readonly virtualService: VirtualService | null
  readonly services: readonly Service[]
  /** Hosts of the VirtualService that are no Service. */
  readonly hosts: readonly string[]
  readonly routes: readonly Route[]
  readonly excluded: readonly Exclusion[]
}

/** A VirtualService of which no rule is for this proxy. */
export interface Silent {
  readonly virtualService: VirtualService
  readonly excluded: readonly Exclusion[]
}

/**
 * The virtual hosts of a port. Only Services that have the port take part in it, with that port alone
 * (istio: httproute.go, BuildSidecarOutboundVirtualHosts; route.go, BuildSidecarVirtualHostWrapper).
 */
export function buildVirtualHosts(context: VirtualHostContext): VirtualHost[] {
  const { mesh, proxy, egress, port } = context
  const views = viewsOf(egress.services, port)
  const byKey = new HostLookup([...views.keys()], (key) => [key])
  const byHost = new HostLookup([...views.values()], ({ service: { host } }) => [host])
  const candidates =
    // On port 80 a VirtualService counts even where none of its hosts is a Service.
    port === 80
      ? egress.virtualServices
      : egress.virtualServices.filter(({ hosts }) =>
          hosts.some((host) => byKey.overlapping(host.toLowerCase()).length > 0),
        )
  const wrappers: Wrapper[] = []
  const silent: Silent[] = []
  for (const virtualService of candidates) {
    const built = buildRoutes(virtualService, {
      proxy,
      gateway: 'mesh',
      port,
      tls: false,
      serviceOf: (host) => {
        const view = views.get(host)
        return view && { externalName: view.service.externalName, ports: [view.port] }
      },
    })
    if (built.routes.length === 0) silent.push({ virtualService, excluded: built.excluded })
    else wrappers.push(...wrap(context, virtualService, built, { views, byHost }))
  }
  const taken = new Set(wrappers.flatMap(({ services }) => services))
  const { defaultRetries } = mesh.config
  for (const { service, port: declared } of views.values()) {
    if (taken.has(service) || !speaksHttp(declared) || service.resolution === 'alias') continue
    const routes = [defaultRoute(service.host, port, defaultRetries)]
    wrappers.push({ virtualService: null, services: [service], hosts: [], routes, excluded: [] })
  }
  return finishVirtualHosts(context, wrappers, silent)
}

/** By host in lower case; of two with one host the later counts. */
function viewsOf(services: readonly Service[], port: number): Map<string, PortView> {
  const views = new Map<string, PortView>()
  for (const service of services) {
    const own = service.ports.find((one) => one.port === port && one.protocol !== 'udp')
    if (own !== undefined) views.set(service.host.toLowerCase(), { service, port: own })
  }
  return views
}

/** Tells a VirtualService's hosts that are Services from those that are not (separateVSHostsAndServices). */
function wrap(
  { egress, proxy, port }: VirtualHostContext,
  virtualService: VirtualService,
  { routes, excluded }: BuiltRoutes,
  { views, byHost }: Shown,
): Wrapper[] {
  const services: PortView[] = []
  const hosts: string[] = []
  const isRoute = virtualService.semantics === 'gateway-api'
  for (const host of virtualService.hosts.filter((one) => !isWildcard(one))) {
    const view = views.get(host.toLowerCase())
    if (view === undefined) hosts.push(host)
    else services.push(view)
  }
  for (const host of virtualService.hosts.filter(isWildcard)) {
    const lower = host.toLowerCase()
    const matching = isRoute ? [] : byHost.overlapping(lower)
    if (matching.length === 0) hosts.push(lower)
    for (const view of matching) {
      if (egress.owners.get(view.service.host) === virtualService) services.push(view)
    }
  }
  // A Gateway API route is for its namespace's Services, or for callers in its namespace.
  const { namespace } = virtualService
  if (
    isRoute &&
    namespace !== proxy.namespace &&
    services.every(({ service }) => service.namespace !== namespace)
  ) {
    return []
  }
  if (isRoute && services.length === 0) return []
  const http = services.filter((view) => speaksHttp(view.port)).map(({ service }) => service)
  // Without a Service there is no virtual host, save on port 80.
  if (http.length === 0 && port !== 80) return []
  return [{ virtualService, services: http, hosts, routes, excluded }]
}

function speaksHttp({ protocol }: ServicePort): boolean {
  return isHttp(protocol) || protocol === 'auto'
}
