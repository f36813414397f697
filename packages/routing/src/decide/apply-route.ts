import type {
  Cluster,
  ProxyConfig,
  Route,
  RouteAction,
  WeightedCluster,
} from '../compile/proxy-config.ts'
import { clusterName } from '../compile/proxy-config.ts'
import type {
  Decision,
  Endpoint,
  Fault,
  HeaderOperations,
  Outcome,
  Provenance,
} from '../decision.ts'
import { noOperations } from '../mesh/header-operations.ts'
import { answersPreflight } from './cors.ts'
import { draw } from './draw.ts'
import { endpointsOf } from './endpoints.ts'
import { drawFault } from './fault.ts'
import { directResponse, forward, noCluster, preflightAnswer } from './outcomes.ts'
import { redirectLocation } from './redirect.ts'
import type { RequestView } from './request-view.ts'
import { rewritePath } from './rewrite.ts'

/** What is decided once the route is known. */
export type Applied = Omit<
  Decision,
  'proxy' | 'listener' | 'routeConfig' | 'virtualHost' | 'route' | 'passed'
>

/** What is decided where no route is: the outcome and nothing else. */
export function unrouted(outcome: Outcome): Applied {
  return answered(outcome, noOperations, null)
}

/** What a route of a VirtualService or a Service does. */
type OwnAction = Exclude<RouteAction, { kind: 'passthrough' }>

/** The request whose route is known. */
export interface RoutedRequest {
  readonly config: ProxyConfig
  readonly view: RequestView
  /** What the client dialled. */
  readonly addresses: readonly string[]
  readonly port: number
  readonly random: () => number
}

/** Does what the route says, or what its filters put in the place of that. */
export function applyRoute(request: RoutedRequest, route: Route, action: OwnAction): Applied {
  const { view, random } = request
  // Envoy draws the cluster with the route, and its filters stand before the router.
  const chosen = action.kind === 'forward' ? draw(action.clusters, random) : null
  const fault = route.fault === null ? null : drawFault(route.fault, random)
  if (fault?.abort?.hit === true) {
    return answered(aborted(fault, fault.abort.status, chosen), noOperations, fault)
  }
  if (route.cors !== null && answersPreflight(route.cors, view)) {
    return answered(preflightAnswer, noOperations, fault)
  }
  if (action.kind === 'forward') return applyForward(request, route, action, chosen, fault)
  if (action.kind === 'respond') {
    return answered(directResponse(action.status, action.body), action.responseHeaders, fault)
  }
  const location = redirectLocation(action, route.match.path, view)
  const outcome: Outcome = { kind: 'redirect', status: action.status, location }
  return answered(outcome, action.responseHeaders, fault)
}

function applyForward(
  { config, view, addresses, port }: RoutedRequest,
  { match }: Route,
  action: Extract<RouteAction, { kind: 'forward' }>,
  chosen: WeightedCluster | null,
  fault: Fault | null,
): Applied {
  const name = chosen?.name ?? ''
  const cluster = config.clusters.get(name)
  if (cluster === undefined || chosen === null) {
    const outcome = noCluster(action.missingStatus, name, chosen?.subset ?? null)
    return { ...answered(outcome, noOperations, fault), destinationRule: ruleFor(config, name) }
  }
  const endpoints = endpointsOf(config, cluster, addresses, port)
  const rewrite = changes(rewritePath(action.rewrite, match.path, view), chosen.authority, view)
  return forwardTo(cluster, endpoints, { action, chosen, fault, rewrite })
}

/** How a request is forwarded. */
interface Forwarding {
  readonly action: Extract<RouteAction, { kind: 'forward' }>
  readonly chosen: WeightedCluster
  readonly fault: Fault | null
  readonly rewrite: Decision['rewrite']
}

/** Sends to the endpoints of a cluster, or answers where there are none. */
export function forwardTo(
  cluster: Cluster,
  endpoints: readonly Endpoint[],
  { action, chosen, fault, rewrite }: Forwarding,
): Applied {
  const outcome = forward(cluster, endpoints, action.weights)
  if (outcome.kind === 'respond') {
    return {
      ...answered(outcome, noOperations, fault),
      destinationRule: cluster.destinationRule,
    }
  }
  return {
    outcome,
    destinationRule: cluster.destinationRule,
    rewrite,
    requestHeaders: chosen.requestHeaders,
    responseHeaders: chosen.responseHeaders,
    timeout: action.timeout,
    retries: action.retries,
    mirrors: action.mirrors,
    fault,
    warnings: [],
  }
}

function changes(path: string, authority: string | null, view: RequestView): Decision['rewrite'] {
  const isSamePath = path === view.target
  const isSameHost = authority === null || authority === view.authority
  if (isSamePath && isSameHost) return noRewrite
  return { path: isSamePath ? null : path, authority: isSameHost ? null : authority }
}

/** The proxy answers, or the request leaves it as it is. */
function answered(
  outcome: Outcome,
  responseHeaders: HeaderOperations,
  fault: Fault | null,
): Applied {
  return {
    outcome,
    destinationRule: null,
    rewrite: noRewrite,
    requestHeaders: noOperations,
    responseHeaders,
    timeout: null,
    retries: null,
    mirrors: [],
    fault,
    warnings: [],
  }
}

export const noRewrite: Decision['rewrite'] = { path: null, authority: null }

function aborted(fault: Fault, status: number, chosen: WeightedCluster | null): Outcome {
  return {
    kind: 'respond',
    status,
    body: 'fault filter abort',
    flags: fault.delay?.hit === true ? ['DI', 'FI'] : ['FI'],
    detail: 'fault_filter_abort',
    cluster: chosen?.name ?? null,
    subset: chosen?.subset ?? null,
  }
}

/** The DestinationRule in which a missing subset was looked for. */
function ruleFor(config: ProxyConfig, name: string): Provenance | null {
  const [, port = '', , host = ''] = name.split('|')
  return config.clusters.get(clusterName(host, Number(port), null))?.effectiveRule ?? null
}
