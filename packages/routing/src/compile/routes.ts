import type { HeaderOperations, Provenance } from '../decision.ts'
import { inSequence, together } from '../mesh/header-operations.ts'
import type { RouteHeaders } from '../mesh/header-operations.ts'
import type { HttpMatch, HttpRule, RuleAction, RuleDestination } from '../mesh/http-rule.ts'
import { missingLabel } from '../mesh/labels.ts'
import { anyRequest, isCatchAll } from '../mesh/route-match.ts'
import type { VirtualService } from '../mesh/virtual-service.ts'
import { clusterName } from './proxy-config.ts'
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
  /** The only port of a Service as the proxy sees it; null where there are several or no such Service. */
  readonly onlyPort: (host: string) => number | null
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
      const origin = originOf(service, rule, match)
      const exclusion = match === null ? null : whyExcluded(match, context)
      if (exclusion !== null) {
        excluded.push({ before: routes.length, name: routeName(rule, match), origin, ...exclusion })
        continue
      }
      const route: Route = {
        name: routeName(rule, match),
        origin,
        match: match?.request ?? anyRequest,
        action: buildAction(rule, context),
        fault: rule.fault,
      }
      routes.push(route)
      if (isCatchAll(route.match)) return { routes, excluded }
    }
  }
  return { routes, excluded }
}

/**
 * What configuration decides about a match entry: its port, and its gateways or else its source
 * (istio: route.go, TranslateRoute and sourceMatchHTTP). Null: it applies.
 */
function whyExcluded(
  match: HttpMatch,
  { proxy, gateway, port }: RouteContext,
): Pick<Exclusion, 'code' | 'because'> | null {
  if (match.port !== null && match.port !== port) {
    return {
      code: 'port',
      because: `the match is for port ${match.port}, the request came in on port ${port}`,
    }
  }
  if (match.gateways.length > 0) {
    if (match.gateways.includes(gateway)) return null
    return { code: 'gateways', because: `the match is for ${listGateways(match.gateways)} only` }
  }
  const label = missingLabel(match.sourceLabels, proxy.labels)
  if (label !== null) {
    const wanted = JSON.stringify(match.sourceLabels[label])
    const actual = Object.hasOwn(proxy.labels, label)
      ? JSON.stringify(proxy.labels[label])
      : 'absent'
    return {
      code: 'source-labels',
      because: `label ${JSON.stringify(label)} of the caller is ${actual}, the match wants ${wanted}`,
    }
  }
  if (match.sourceNamespace !== null && match.sourceNamespace !== proxy.namespace) {
    const namespaces = [proxy.namespace, match.sourceNamespace].map((one) => JSON.stringify(one))
    return {
      code: 'source-namespace',
      because: `the caller is in namespace ${namespaces[0]}, the match wants ${namespaces[1]}`,
    }
  }
  return null
}

/** `mesh and gateway test-istio/gateway`, for messages. */
export function listGateways(gateways: readonly string[]): string {
  return gateways
    .map((one) => (one === 'mesh' ? 'mesh (sidecars)' : `gateway ${one}`))
    .join(' and ')
}

function originOf(service: VirtualService, rule: HttpRule, match: HttpMatch | null): Provenance {
  const { resource } = service
  // Of several match entries the one that became this route; else the rule as a whole.
  const path = match !== null && rule.matches.length > 1 ? match.path : rule.path
  return provenanceOf(resource, path)
}

function routeName(rule: HttpRule, match: HttpMatch | null): string | null {
  const name = match?.name == null ? rule.name : `${rule.name ?? ''}.${match.name}`
  return name
}

function buildAction({ action, headers }: HttpRule, context: RouteContext): RouteAction {
  if (action.kind === 'forward') return buildForward(action, headers, context)
  if (action.kind === 'respond') return { ...action, responseHeaders: headers.response }
  const { status, uri, authority, scheme } = action
  return {
    kind: 'redirect',
    status,
    path: uri,
    authority,
    scheme,
    port: redirectPort(action, context.port),
    responseHeaders: headers.response,
  }
}

/** A default port is not written into the location (istio: route.go, ApplyRedirect). */
function redirectPort(
  { port, scheme }: Extract<RuleAction, { kind: 'redirect' }>,
  listenerPort: number,
): number | null {
  const number = port === 'request' ? listenerPort : port
  const standard = (scheme ?? 'http') === 'http' ? 80 : scheme === 'https' ? 443 : null
  return number === standard ? null : number
}

function buildForward(
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
        name: destinationCluster(destination, context),
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
    mirrors: [],
  }
}

/** With a split Envoy applies the destination's operations first (Envoy: WeightedClusterEntry). */
function splitHeaders(route: HeaderOperations, destination: HeaderOperations): HeaderOperations {
  return inSequence(destination, route)
}

/** The port of a destination that names none is the Service's only one, else the listener's. */
function destinationCluster(
  { host, port, subset }: RuleDestination,
  context: RouteContext,
): string {
  return clusterName(host, port ?? context.onlyPort(host) ?? context.port, subset)
}
