import type { ProxyConfig, Route, RouteAction, WeightedCluster } from '../compile/proxy-config.ts'
import { clusterName } from '../compile/proxy-config.ts'
import type { Decision, Fault, HeaderOperations, Outcome, Provenance } from '../decision.ts'
import type { FaultPolicy } from '../mesh/fault.ts'
import { noOperations } from '../mesh/header-operations.ts'
import { directResponse, forward, noCluster } from './outcomes.ts'
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
export type OwnAction = Exclude<RouteAction, { kind: 'passthrough' }>

/** Does what the route says, or what its fault puts in the place of that. */
export function applyRoute(
  config: ProxyConfig,
  route: Route,
  action: OwnAction,
  view: RequestView,
  random: () => number,
): Applied {
  // Envoy draws the cluster with the route, and its fault filter stands before the router.
  const chosen = action.kind === 'forward' ? drawCluster(action, random) : null
  const fault = route.fault === null ? null : drawFault(route.fault, random)
  if (fault?.abort?.hit)
    return answered(aborted(fault, fault.abort.status, chosen), noOperations, fault)
  if (action.kind === 'forward') return applyForward(config, route, action, chosen, view, fault)
  if (action.kind === 'respond') {
    return answered(directResponse(action.status, action.body), action.responseHeaders, fault)
  }
  const location = redirectLocation(action, view)
  const outcome: Outcome = { kind: 'redirect', status: action.status, location }
  return answered(outcome, action.responseHeaders, fault)
}

function applyForward(
  config: ProxyConfig,
  { match }: Route,
  action: Extract<RouteAction, { kind: 'forward' }>,
  chosen: WeightedCluster | null,
  view: RequestView,
  fault: Fault | null,
): Applied {
  const name = chosen?.name ?? ''
  const cluster = config.clusters.get(name)
  if (cluster === undefined || chosen === null) {
    return {
      outcome: noCluster(name, chosen?.subset ?? null),
      destinationRule: ruleFor(config, name),
      rewrite: noRewrite,
      requestHeaders: noOperations,
      responseHeaders: noOperations,
      timeout: action.timeout,
      retries: action.retries,
      mirrors: action.mirrors,
      fault,
      warnings: [],
    }
  }
  return {
    outcome: forward(cluster, action.weights),
    destinationRule: cluster.destinationRule,
    rewrite: changes(rewritePath(action.rewrite, match.path, view), chosen.authority, view),
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

const noRewrite: Decision['rewrite'] = { path: null, authority: null }

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

function drawCluster(
  { clusters, totalWeight }: Extract<RouteAction, { kind: 'forward' }>,
  random: () => number,
): WeightedCluster | null {
  const [only] = clusters
  if (clusters.length <= 1 || only === undefined) return only ?? null
  let left = Math.floor(random() * totalWeight)
  for (const cluster of clusters) {
    if (left < cluster.weight) return cluster
    left -= cluster.weight
  }
  return only
}

/** Envoy draws the delay first, and the abort once that is over. */
function drawFault({ delay, abort }: FaultPolicy, random: () => number): Fault {
  return {
    delay: delay === null ? null : { ...delay, hit: isHit(delay.percent, random) },
    abort: abort === null ? null : { ...abort, hit: isHit(abort.percent, random) },
  }
}

/** Istio hands percentages over as whole millionths (istio: route.go, translatePercentToFractionalPercent). */
function isHit(percent: number, random: () => number): boolean {
  return Math.floor(random() * 1_000_000) < Math.floor(percent * 10_000)
}
