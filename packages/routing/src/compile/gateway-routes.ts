import type { GatewayServer } from '../mesh/gateway.ts'
import { compareSpecificity, compareText, intersectHosts } from '../mesh/host.ts'
import { HostLookup } from '../mesh/host-lookup.ts'
import { isCatchAll } from '../mesh/route-match.ts'
import type { Service } from '../mesh/service.ts'
import { isVisibleIn } from '../mesh/visibility.ts'
import type { VirtualService } from '../mesh/virtual-service.ts'
import { excludedServices } from './excluded-services.ts'
import type { GatewayContext } from './gateway.ts'
import type { MergedServer } from './gateway-servers.ts'
import type { Exclusion, Route, RouteConfig, VirtualHost } from './proxy-config.ts'
import { buildRoutes } from './routes.ts'
import type { BuiltRoutes } from './routes.ts'
import { selectVirtualServices } from './select.ts'
import { routeConfig } from './virtual-host.ts'

/** A virtual host in the making; Istio appends to it server by server. */
interface Draft {
  readonly host: string
  readonly port: number
  readonly parts: { readonly virtualService: VirtualService; readonly built: BuiltRoutes }[]
  requireTls: boolean
}

/**
 * The routes of some servers: for each and each of its VirtualServices the hosts that both name, with the
 * routes of all of them in order (istio: gateway.go, buildGatewayHTTPRouteConfig).
 */
export function buildGatewayRoutes(
  name: string,
  servers: readonly MergedServer[],
  context: GatewayContext,
): RouteConfig {
  const drafting = new Drafting(context)
  for (const merged of servers) drafting.add(merged)
  const { drafts, silent } = drafting
  if (drafts.size === 0) {
    return routeConfig(name, [nothing(`blackhole:${servers[0]?.server.port ?? 0}`, silent)])
  }
  const gateways = new Set(servers.map(({ gateway }) => gateway))
  const virtualHosts = collapse([...drafts.values()]).map((draft) =>
    finish(draft, { context, gateways, silent }),
  )
  return routeConfig(
    name,
    virtualHosts.toSorted((a, b) => compareText(a.name, b.name)),
  )
}

class Drafting {
  readonly drafts = new Map<string, Draft>()
  /** VirtualServices of which no rule is for this proxy. */
  readonly silent: Draft['parts'] = []
  readonly #built = new Map<string, BuiltRoutes>()
  readonly #context: GatewayContext

  constructor(context: GatewayContext) {
    this.#context = context
  }

  add({ gateway, server }: MergedServer): void {
    const redirects = server.tls?.httpsRedirect ?? false
    for (const virtualService of candidates(this.#context, gateway, server)) {
      const own = serverHostsFor(server, virtualService.namespace)
      const hosts = intersectHosts(own, virtualService.hosts)
      if (hosts.length === 0) continue
      const built = this.#routesOf(virtualService, gateway, server)
      if (built.routes.length === 0) {
        this.silent.push({ virtualService, built })
        continue
      }
      for (const host of hosts) {
        const draft = this.#draft(host, server.port)
        draft.parts.push({ virtualService, built })
        draft.requireTls ||= redirects
      }
    }
    if (!redirects) return
    for (const host of server.hosts) this.#draft(host, server.port).requireTls = true
  }

  /** The first server of a Gateway decides on the port and the scheme. */
  #routesOf(service: VirtualService, gateway: string, server: GatewayServer): BuiltRoutes {
    const key = `${gateway} ${service.namespace}/${service.name}`
    const known = this.#built.get(key)
    if (known !== undefined) return known
    const built = buildRoutes(service, {
      proxy: this.#context.proxy,
      gateway,
      port: server.port,
      tls: server.tls !== null,
      serviceOf: (host) => serviceFor(this.#context, service, host),
    })
    if (built.routes.length > 0) this.#built.set(key, built)
    return built
  }

  #draft(host: string, port: number): Draft {
    const lower = host.toLowerCase()
    const known = this.drafts.get(lower)
    if (known !== undefined) return known
    const draft: Draft = { host: lower, port, parts: [], requireTls: false }
    this.drafts.set(lower, draft)
    return draft
  }
}

/** The VirtualServices of a Gateway that have a host in common with a server, in the order in which they win. */
function candidates(
  context: GatewayContext,
  gateway: string,
  { hosts }: GatewayServer,
): readonly VirtualService[] {
  const known = lookups.get(context) ?? new Map<string, HostLookup<VirtualService>>()
  lookups.set(context, known)
  const bound = (): readonly VirtualService[] =>
    selectVirtualServices(context.mesh, gateway, context.proxy.namespace)
  const lookup = known.get(gateway) ?? new HostLookup(bound(), (one) => one.hosts)
  known.set(gateway, lookup)
  // Whether the server means the VirtualService's namespace is looked at later.
  return lookup.overlapping(...hosts.map((host) => host.slice(host.indexOf('/') + 1)))
}

/** A Gateway may have thousands of servers. */
const lookups = new WeakMap<GatewayContext, Map<string, HostLookup<VirtualService>>>()

/** The Service of a host: the VirtualService's own where the router may see it. */
function serviceFor(
  { mesh, proxy, servicesByHost }: GatewayContext,
  { namespace }: VirtualService,
  host: string,
): Service | undefined {
  const own = mesh.servicesByHost.get(host)?.get(namespace)
  return own !== undefined && isVisibleIn(own.visibility, proxy.namespace)
    ? own
    : servicesByHost.get(host)
}

function serverHostsFor({ hosts }: GatewayServer, namespace: string): string[] {
  return hosts.flatMap((host) => {
    const slash = host.indexOf('/')
    if (slash === -1) return [host]
    return host.slice(0, slash) === namespace ? [host.slice(slash + 1)] : []
  })
}

type Collapsed = Draft & { readonly domains: readonly string[] }

/** Hosts with the very same routes become one virtual host, named for the most specific of them. */
function collapse(drafts: readonly Draft[]): Collapsed[] {
  const collapsed: (Draft & { domains: string[] })[] = []
  const byFirstPart = new Map<BuiltRoutes | undefined, typeof collapsed>()
  for (const draft of drafts.toSorted((a, b) => compareSpecificity(a.host, b.host))) {
    const alike = byFirstPart.get(draft.parts[0]?.built) ?? []
    byFirstPart.set(draft.parts[0]?.built, alike)
    const same = alike.findLast((other) => sameParts(other, draft))
    if (same === undefined || same.requireTls !== draft.requireTls) {
      const fresh = { ...draft, domains: [draft.host] }
      collapsed.push(fresh)
      alike.push(fresh)
    } else same.domains.push(draft.host)
  }
  return collapsed
}

function sameParts({ parts: a }: Draft, { parts: b }: Draft): boolean {
  return a.length === b.length && a.every(({ built }, index) => built === b[index]?.built)
}

interface Finish {
  readonly context: GatewayContext
  readonly gateways: ReadonlySet<string>
  readonly silent: Draft['parts']
}

function finish(
  { host, port, domains, parts, requireTls }: Collapsed,
  { context: { mesh, proxy }, gateways, silent }: Finish,
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

/** Without any host every request is answered 404. */
function nothing(name: string, silent: Draft['parts']): VirtualHost {
  const excluded = silent.flatMap(({ built }) => built.excluded)
  return { name, domains: ['*'], routes: [], excluded, requireTls: false }
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
