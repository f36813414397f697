import type { Gateway, GatewayServer } from '../mesh/gateway.ts'
import { compareSpecificity, compareText, intersectHosts } from '../mesh/host.ts'
import { selects } from '../mesh/labels.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { isCatchAll } from '../mesh/route-match.ts'
import { isVisibleIn } from '../mesh/visibility.ts'
import type { VirtualService } from '../mesh/virtual-service.ts'
import { anyAddress, listenerName } from './proxy-config.ts'
import type {
  Exclusion,
  Listener,
  ProxyConfig,
  Route,
  RouteConfig,
  VirtualHost,
} from './proxy-config.ts'
import type { Proxy } from './proxy.ts'
import { buildRoutes } from './routes.ts'
import type { BuiltRoutes } from './routes.ts'
import { selectVirtualServices } from './select.ts'
import { excludedServices, routeConfig } from './virtual-host.ts'

/**
 * What a router pod is configured with: every Gateway that selects its labels adds its servers, and servers
 * of one port share a route configuration (istio: pilot/pkg/model/gateway.go, mergeGateways). Only plain HTTP
 * servers are modelled yet. The listener's port is the server's: no manifest here maps it to another.
 */
export function compileGateway(mesh: Mesh, proxy: Proxy): Omit<ProxyConfig, 'proxy' | 'clusters'> {
  const listeners = new Map<string, Listener>()
  const shared = new Map<number, Listener>()
  const routeConfigs = new Map<string, RouteConfig>()
  for (const [port, servers] of serversByPort(mesh, proxy)) {
    const name = listenerName(anyAddress, port)
    const listener = { name, port, routeConfig: `http.${port}`, tcpCluster: null }
    listeners.set(name, listener)
    shared.set(port, listener)
    const virtualHosts = buildVirtualHosts(mesh, proxy, port, servers)
    routeConfigs.set(`http.${port}`, routeConfig(`http.${port}`, virtualHosts))
  }
  return { listeners, shared, routeConfigs, dialled: new Map() }
}

interface Server {
  /** `NAMESPACE/NAME` of its Gateway. */
  readonly gateway: string
  readonly server: GatewayServer
}

/** A virtual host in the making; Istio appends to it server by server. */
interface Draft {
  readonly host: string
  readonly parts: { readonly virtualService: VirtualService; readonly built: BuiltRoutes }[]
  requireTls: boolean
}

function serversByPort(mesh: Mesh, proxy: Proxy): Map<number, Server[]> {
  const byPort = new Map<number, Server[]>()
  const gateways = mesh.gateways.filter(({ selector }) => selects(selector, proxy.labels))
  for (const gateway of gateways) {
    for (const server of gateway.servers.filter(({ http }) => http)) {
      const entry = { gateway: gatewayName(gateway), server }
      const servers = byPort.get(server.port)
      if (servers === undefined) byPort.set(server.port, [entry])
      else servers.push(entry)
    }
  }
  return byPort
}

function gatewayName({ namespace, name }: Gateway): string {
  return `${namespace}/${name}`
}

/**
 * The virtual hosts of a port: for each server and each of its VirtualServices the hosts that both name, with
 * the routes of all of them in order (istio: pilot/pkg/networking/core/gateway.go,
 * buildGatewayHTTPRouteConfig).
 */
function buildVirtualHosts(
  mesh: Mesh,
  proxy: Proxy,
  port: number,
  servers: readonly Server[],
): VirtualHost[] {
  const drafts = new Map<string, Draft>()
  const silent: Draft['parts'] = []
  const draftOf = (host: string): Draft => {
    const lower = host.toLowerCase()
    const known = drafts.get(lower)
    if (known !== undefined) return known
    const draft: Draft = { host: lower, parts: [], requireTls: false }
    drafts.set(lower, draft)
    return draft
  }
  const built = new Map<string, BuiltRoutes>()
  for (const { gateway, server } of servers) {
    for (const virtualService of selectVirtualServices(mesh, gateway, proxy.namespace)) {
      const hosts = intersectHosts(
        serverHostsFor(server, virtualService.namespace),
        virtualService.hosts,
      )
      if (hosts.length === 0) continue
      const key = `${gateway} ${virtualService.resource.id}`
      const routes =
        built.get(key) ??
        buildRoutes(virtualService, {
          proxy,
          gateway,
          port,
          onlyPort: (host) => onlyPortOf(mesh, proxy, host),
        })
      built.set(key, routes)
      if (routes.routes.length === 0) {
        silent.push({ virtualService, built: routes })
        continue
      }
      for (const host of hosts) {
        const draft = draftOf(host)
        draft.parts.push({ virtualService, built: routes })
        draft.requireTls ||= server.httpsRedirect
      }
    }
    if (server.httpsRedirect) for (const host of server.hosts) draftOf(host).requireTls = true
  }
  const gateways = new Set(servers.map(({ gateway }) => gateway))
  return collapse([...drafts.values()]).map((draft) =>
    finish(draft, { mesh, proxy, port, gateways, silent }),
  )
}

function serverHostsFor({ hosts }: GatewayServer, namespace: string): string[] {
  return hosts.flatMap((host) => {
    const slash = host.indexOf('/')
    if (slash === -1) return [host]
    return host.slice(0, slash) === namespace ? [host.slice(slash + 1)] : []
  })
}

function onlyPortOf(mesh: Mesh, proxy: Proxy, host: string): number | null {
  const service = mesh.services.find(
    (one) => one.host === host && isVisibleIn(one.visibility, proxy.namespace),
  )
  return service?.ports.length === 1 ? (service.ports[0]?.port ?? null) : null
}

/** Hosts with the very same routes become one virtual host, named for the most specific of them. */
function collapse(drafts: readonly Draft[]): (Draft & { readonly domains: readonly string[] })[] {
  const collapsed: (Draft & { domains: string[] })[] = []
  for (const draft of drafts.toSorted((a, b) => compareSpecificity(a.host, b.host))) {
    const same = collapsed.find(
      (other) => other.requireTls === draft.requireTls && sameParts(other, draft),
    )
    if (same === undefined) collapsed.push({ ...draft, domains: [draft.host] })
    else same.domains.push(draft.host)
  }
  return collapsed.toSorted((a, b) => compareText(a.host, b.host))
}

function sameParts({ parts: a }: Draft, { parts: b }: Draft): boolean {
  return a.length === b.length && a.every(({ built }, index) => built === b[index]?.built)
}

interface Finish {
  readonly mesh: Mesh
  readonly proxy: Proxy
  readonly port: number
  readonly gateways: ReadonlySet<string>
  /** VirtualServices of which no rule is for this proxy. */
  readonly silent: Draft['parts']
}

function finish(
  { host, domains, parts, requireTls }: Draft & { readonly domains: readonly string[] },
  { mesh, proxy, port, gateways, silent }: Finish,
): VirtualHost {
  const all = parts.flatMap(({ built }) => built.routes)
  const routes = [...all.filter((route) => !takesAll(route)), ...all.filter(takesAll)]
  const naming = silent.filter(
    ({ virtualService: { hosts } }) => intersectHosts(hosts, domains).length > 0,
  )
  const applied = [...parts, ...naming].map(({ virtualService }) => virtualService)
  return {
    name: `${host}:${port}`,
    domains,
    routes,
    excluded: [
      ...excludedServices(host, { mesh, proxy, gateways, applied }),
      ...naming.flatMap(({ built }) => built.excluded),
      ...parts.flatMap(({ built }) => reorder(built, routes)),
    ].toSorted((a, b) => a.before - b.before),
    requireTls,
  }
}

function takesAll({ match }: Route): boolean {
  return isCatchAll(match)
}

/** Exclusions count in their own VirtualService's routes until these are put together. */
function reorder({ routes: own, excluded }: BuiltRoutes, routes: readonly Route[]): Exclusion[] {
  return excluded.map((exclusion) => {
    const next = own[exclusion.before]
    return { ...exclusion, before: next === undefined ? routes.length : routes.indexOf(next) }
  })
}
