import { compareSpecificity, compareText, hostsOverlap, isWildcard } from '../mesh/host.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { isHttp } from '../mesh/protocol.ts'
import { tcpPorts } from '../mesh/service.ts'
import type { Service, ServicePort } from '../mesh/service.ts'
import type { VirtualService } from '../mesh/virtual-service.ts'
import type { Exclusion, Route, VirtualHost } from './proxy-config.ts'
import type { Proxy } from './proxy.ts'
import { buildRoutes } from './routes.ts'
import { selectVirtualServices } from './select.ts'
import { defaultRoute, excludedServices } from './virtual-host.ts'

/**
 * The virtual hosts of each port that one of the Services has. Only those that have the port take part in
 * it, with that port alone.
 */
export function buildVirtualHosts(
  mesh: Mesh,
  proxy: Proxy,
  services: readonly Service[],
): ReadonlyMap<number, readonly VirtualHost[]> {
  const virtualServices = selectVirtualServices(mesh, 'mesh', proxy.namespace)
  const wildcardOwners = findWildcardOwners(virtualServices, services)
  const scope = { mesh, proxy, virtualServices, wildcardOwners }
  const views = new Map<number, Map<string, PortView>>()
  for (const service of services) {
    for (const port of tcpPorts(service)) {
      const known = views.get(port.port) ?? new Map<string, PortView>()
      if (!known.has(service.host)) known.set(service.host, { service, port })
      views.set(port.port, known)
    }
  }
  return new Map([...views].map(([port, byHost]) => [port, buildForPort(scope, port, byHost)]))
}

interface Scope {
  readonly mesh: Mesh
  readonly proxy: Proxy
  /** Those that the proxy sees, in the order in which they win. */
  readonly virtualServices: readonly VirtualService[]
  /** For each Service's host the VirtualService that names it most specifically. */
  readonly wildcardOwners: ReadonlyMap<string, VirtualService>
}

/** A Service as a listener's port shows it. */
interface PortView {
  readonly service: Service
  readonly port: ServicePort
}

/** Routes that some hosts share. */
interface Wrapper {
  readonly virtualService: VirtualService | null
  readonly services: readonly Service[]
  /** Hosts of the VirtualService that are no Service. */
  readonly hosts: readonly string[]
  readonly routes: readonly Route[]
  readonly excluded: readonly Exclusion[]
}

/**
 * The virtual hosts of a port (istio: httproute.go, BuildSidecarOutboundVirtualHosts; route.go,
 * BuildSidecarVirtualHostWrapper).
 */
function buildForPort(
  scope: Scope,
  port: number,
  views: ReadonlyMap<string, PortView>,
): VirtualHost[] {
  const candidates =
    // On port 80 a VirtualService counts even where none of its hosts is a Service.
    port === 80
      ? scope.virtualServices
      : scope.virtualServices.filter(({ hosts }) => hosts.some((host) => namesService(host, views)))
  const wrappers: Wrapper[] = []
  const withoutRoutes: { virtualService: VirtualService; excluded: readonly Exclusion[] }[] = []
  for (const virtualService of candidates) {
    const built = buildRoutes(virtualService, {
      proxy: scope.proxy,
      gateway: 'mesh',
      port,
      onlyPort: (host) => views.get(host)?.port.port ?? null,
    })
    if (built.routes.length === 0) withoutRoutes.push({ virtualService, excluded: built.excluded })
    else wrappers.push(...wrap(scope, virtualService, built, views, port))
  }
  const taken = new Set(wrappers.flatMap(({ services }) => services))
  for (const { service, port: declared } of views.values()) {
    if (taken.has(service) || !speaksHttp(declared)) continue
    const routes = [defaultRoute(service.host, port)]
    wrappers.push({ virtualService: null, services: [service], hosts: [], routes, excluded: [] })
  }
  return finish(scope, port, wrappers, withoutRoutes)
}

function namesService(host: string, views: ReadonlyMap<string, PortView>): boolean {
  if (!isWildcard(host)) return views.has(host)
  return [...views.keys()].some((known) => hostsOverlap(host, known))
}

/** Tells a VirtualService's hosts that are Services from those that are not (separateVSHostsAndServices). */
function wrap(
  { wildcardOwners }: Scope,
  virtualService: VirtualService,
  { routes, excluded }: Pick<Wrapper, 'routes' | 'excluded'>,
  views: ReadonlyMap<string, PortView>,
  port: number,
): Wrapper[] {
  const services: Service[] = []
  const hosts: string[] = []
  for (const host of virtualService.hosts.filter((one) => !isWildcard(one))) {
    const view = views.get(host.toLowerCase())
    if (view === undefined) hosts.push(host)
    else services.push(view.service)
  }
  for (const host of virtualService.hosts.filter(isWildcard)) {
    const matching = [...views.values()].filter(({ service }) => hostsOverlap(service.host, host))
    if (matching.length === 0) hosts.push(host)
    for (const { service } of matching) {
      if (wildcardOwners.get(service.host) === virtualService) services.push(service)
    }
  }
  const http = services.filter(({ host }) => {
    const view = views.get(host)
    return view !== undefined && speaksHttp(view.port)
  })
  // Without a Service there is no virtual host, save on port 80.
  if (http.length === 0 && port !== 80) return []
  return [{ virtualService, services: http, hosts, routes, excluded }]
}

function speaksHttp({ protocol }: ServicePort): boolean {
  return isHttp(protocol) || protocol === 'auto'
}

/** Gives each host its domains; a domain that an earlier one has is not given again. */
function finish(
  scope: Scope,
  port: number,
  wrappers: readonly Wrapper[],
  withoutRoutes: readonly { virtualService: VirtualService; excluded: readonly Exclusion[] }[],
): VirtualHost[] {
  const domains = new Set<string>()
  const virtualHosts: VirtualHost[] = []
  const add = (host: string, wrapper: Wrapper, wanted: readonly string[]): void => {
    const free = wanted.filter((domain) => !domains.has(domain.toLowerCase()))
    if (free.length === 0) return
    for (const domain of free) domains.add(domain.toLowerCase())
    virtualHosts.push({
      name: `${host}:${port}`,
      domains: free,
      routes: wrapper.routes,
      excluded: [...excludedAround(host, wrapper), ...wrapper.excluded],
      requireTls: false,
    })
  }
  const excludedAround = (host: string, { virtualService }: Wrapper): Exclusion[] => {
    const silent = withoutRoutes.filter(({ virtualService: { hosts } }) =>
      hosts.some((one) => hostsOverlap(one, host)),
    )
    const applied = [virtualService, ...silent.map((one) => one.virtualService)]
    return [
      ...excludedServices(host, {
        mesh: scope.mesh,
        proxy: scope.proxy,
        gateways: new Set(['mesh']),
        applied: applied.filter((one) => one !== null),
      }),
      ...silent.flatMap(({ excluded }) => excluded),
    ]
  }
  for (const wrapper of wrappers) {
    for (const host of wrapper.hosts) {
      const lower = host.toLowerCase()
      add(lower, wrapper, [lower])
    }
    for (const service of wrapper.services) {
      add(service.host, wrapper, domainsOf(service, scope.proxy.namespace))
    }
  }
  return virtualHosts.toSorted((a, b) => compareText(a.name, b.name))
}

/** Every form of Host that means the Service (istio: httproute.go, generateVirtualHostDomains). */
function domainsOf(service: Service, fromNamespace: string): string[] {
  const { name, namespace, host, type, addresses } = service
  const short = namespace === fromNamespace ? [name] : []
  const names = [host, `${host}.`, ...short, `${name}.${namespace}.svc`, `${name}.${namespace}`]
  const pods = type === 'headless' ? names.map((one) => `*.${one}`) : []
  return [...names, ...pods, ...addresses.map((one) => (one.includes(':') ? `[${one}]` : one))]
}

/** The VirtualService of each Service: an exact host before wildcards, the longest of these, the first. */
function findWildcardOwners(
  virtualServices: readonly VirtualService[],
  services: readonly Service[],
): Map<string, VirtualService> {
  const byHost = new Map<string, VirtualService>()
  for (const virtualService of virtualServices) {
    for (const host of virtualService.hosts) {
      if (!byHost.has(host)) byHost.set(host, virtualService)
    }
  }
  const wildcards = [...byHost.keys()].filter(isWildcard).toSorted(compareSpecificity)
  const owners = new Map<string, VirtualService>()
  for (const { host } of services) {
    const name = byHost.has(host) ? host : wildcards.find((one) => host.endsWith(one.slice(1)))
    const owner = name === undefined ? undefined : byHost.get(name)
    if (owner !== undefined) owners.set(host, owner)
  }
  return owners
}
