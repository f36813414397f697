import type { HeaderOperations, Mirror, Provenance } from '../decision.ts'
import { inSequence, together } from '../mesh/header-operations.ts'
import type { RouteHeaders } from '../mesh/header-operations.ts'
import type { HttpMatch } from '../mesh/http-match.ts'
import type { HttpRule, RuleAction, RuleRedirect } from '../mesh/http-rule.ts'
import { anyRequest, isCatchAll } from '../mesh/route-match.ts'
import type { VirtualService } from '../mesh/virtual-service.ts'
import { destinationCluster } from './destination-cluster.ts'
import type { KnownService } from './destination-cluster.ts'
import { whyExcluded } from './exclusion.ts'
import type { Exclusion, Route, RouteAction, WeightedCluster } from './proxy-config.ts'
import { provenanceOf } from './provenance.ts'
import type { Proxy } from './proxy.ts'

/** For whom the routes of a VirtualService are made. */
export interface RouteContext {
  readonly proxy: Proxy
  /** `mesh` on a sidecar, `NAMESPACE/NAME` on a gateway. */
  readonly gateway: string
  /** The port that the listener serves. */
  readonly port: number
  /** Whether the proxy ends the clients' TLS there. */
  readonly tls: boolean
  /** The Service of a destination's host, as the proxy sees it. */
  readonly serviceOf: (host: string) => KnownService | undefined
}

/** The routes of a VirtualService, in order, and what configuration alone keeps out between them. */
export interface BuiltRoutes {
  readonly routes: readonly Route[]
  /** `before` counts in `routes`. */
  readonly excluded: readonly Exclusion[]
}

/**
 * Makes Envoy's routes of a VirtualService: one for each match entry that applies to this proxy and port, up
 * to the first that matches every request (istio: route.go, BuildHTTPRoutesForVirtualService).
 */
export function buildRoutes(service: VirtualService, context: RouteContext): BuiltRoutes {
  const routes: Route[] = []
  const excluded: Exclusion[] = []
  for (const rule of service.http) {
    for (const match of rule.matches.length === 0 ? [null] : rule.matches) {
      const origin = originOf(rule, match)
      const exclusion = match === null ? null : whyExcluded(match, context)
      if (exclusion !== null) {
        excluded.push({ before: routes.length, name: routeName(rule, match), origin, ...exclusion })
        continue
      }
      const route: Route = {
        name: routeName(rule, match),
        origin,
        match: match?.request ?? anyRequest,
        action: buildAction(service, rule, context),
        fault: rule.fault,
        cors: rule.cors,
      }
      routes.push(route)
      if (match === null || isCatchAll(route.match)) return { routes, excluded }
    }
  }
  return { routes, excluded }
}

function originOf(rule: HttpRule, match: HttpMatch | null): Provenance {
  // Of several match entries the one that became this route; else the rule as a whole.
  const { resource, path } = match !== null && rule.matches.length > 1 ? match.origin : rule.origin
  return provenanceOf(resource, path)
}

function routeName(rule: HttpRule, match: HttpMatch | null): string | null {
  return match?.name == null ? rule.name : `${rule.name ?? ''}.${match.name}`
}

function buildAction(
  service: VirtualService,
  { action, headers }: HttpRule,
  context: RouteContext,
): RouteAction {
  if (action.kind === 'forward') return buildForward(service, action, headers, context)
  const operations = { requestHeaders: headers.request, responseHeaders: headers.response }
  if (action.kind === 'respond') return { ...action, ...operations }
  const { status, uri, authority, scheme } = action
  return {
    kind: 'redirect',
    status,
    path: uri,
    prefixRewrite: action.prefixRewrite ?? null,
    authority,
    scheme,
    port: redirectPort(action, context),
    ...operations,
  }
}

/** A default port is not written into the location (istio: route.go, ApplyRedirect). */
function redirectPort(
  { port, scheme }: RuleRedirect,
  { tls, port: listenerPort }: RouteContext,
): number | null {
  const number = port === 'request' ? listenerPort : port
  const target = scheme ?? (tls ? 'https' : 'http')
  const standard = target === 'http' ? 80 : target === 'https' ? 443 : null
  return number === standard ? null : number
}

function buildForward(
  { semantics }: VirtualService,
  action: Extract<RuleAction, { kind: 'forward' }>,
  headers: RouteHeaders,
  context: RouteContext,
): RouteAction {
  const authority = action.rewrite.authority ?? headers.authority
  const [only, ...others] = action.destinations
  const isSplit = others.length > 0
  const weighted = isSplit ? action.destinations.filter(({ weight }) => weight > 0) : [only]
  const clusters = weighted.flatMap((destination): WeightedCluster[] => {
    if (destination === undefined) return []
    const join = isSplit ? splitHeaders : together
    return [
      {
        name: clusterOf(destination, context),
        subset: destination.subset,
        weight: isSplit ? destination.weight : 100,
        requestHeaders: join(headers.request, destination.headers.request),
        responseHeaders: join(headers.response, destination.headers.response),
        authority: authority ?? destination.headers.authority,
      },
    ]
  })
  return {
    kind: 'forward',
    clusters,
    totalWeight: clusters.reduce((sum, { weight }) => sum + weight, 0),
    weights: clusters.map(({ name, weight }) => ({ cluster: name, weight })),
    rewrite: action.rewrite.path,
    timeout: action.timeout,
    retries: action.retries,
    mirrors: action.mirrors.map((mirror): Mirror => ({
      cluster: clusterOf(mirror, context),
      percent: mirror.percent,
    })),
    missingStatus: semantics === 'gateway-api' ? 500 : 503,
  }
}

/** With a split Envoy applies the destination's operations first (Envoy: WeightedClusterEntry). */
function splitHeaders(route: HeaderOperations, destination: HeaderOperations): HeaderOperations {
  return inSequence(destination, route)
}

function clusterOf(
  destination: Parameters<typeof destinationCluster>[0],
  { serviceOf, port }: RouteContext,
): string {
  return destinationCluster(destination, serviceOf(destination.host), port)
}
