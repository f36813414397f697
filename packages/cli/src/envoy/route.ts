import type { Mirror, Retries, Route, RouteAction, WeightedCluster } from '@traffic-lanes/routing'
import { CORS_FILTER, corsPolicy } from './cors.ts'
import { requestHeaders, responseHeaders } from './headers.ts'
import { any, millionths, seconds } from './json.ts'
import type { Json, JsonObject } from './json.ts'
import { routeMatch } from './match.ts'

/** Where a request goes whose host the proxy does not know: a cluster, or nowhere. */
export type Passthrough = { readonly cluster: string } | { readonly refuse: string }

/** Envoy's route; null where no request can ever match it. */
export function envoyRoute(route: Route, passthrough: Passthrough): JsonObject | null {
  const match = routeMatch(route.match)
  if (match === null) return null
  const filters = {
    ...(route.fault === null ? {} : { [FAULT_FILTER]: faultOf(route.fault) }),
    ...(route.cors === null ? {} : { [CORS_FILTER]: corsPolicy(route.cors) }),
  }
  return {
    ...(route.name === null ? {} : { name: route.name }),
    match,
    ...actionOf(route.action, passthrough),
    ...(Object.keys(filters).length === 0 ? {} : { typed_per_filter_config: filters }),
  }
}

/** The filter that the connection manager must have for a route's faults. */
export const FAULT_FILTER = 'envoy.filters.http.fault'

const FAULT_TYPE = 'envoy.extensions.filters.http.fault.v3.HTTPFault'

function actionOf(action: RouteAction, passthrough: Passthrough): JsonObject {
  if (action.kind === 'forward') return forward(action)
  if (action.kind === 'redirect')
    return { redirect: redirect(action), ...responseHeaders(action.responseHeaders) }
  if (action.kind === 'respond')
    return {
      direct_response: {
        status: action.status,
        ...(action.body === '' ? {} : { body: { inline_string: action.body } }),
      },
      ...responseHeaders(action.responseHeaders),
    }
  return 'cluster' in passthrough
    ? { route: { cluster: passthrough.cluster, timeout: '0s' } }
    : { direct_response: { status: 502, body: { inline_string: passthrough.refuse } } }
}

function forward(action: Extract<RouteAction, { kind: 'forward' }>): JsonObject {
  const { clusters, rewrite, timeout, retries, mirrors, missingStatus } = action
  const [only, ...others] = clusters
  const common = {
    timeout: seconds(timeout ?? 0),
    ...(missingStatus === 500 ? { cluster_not_found_response_code: INTERNAL_ERROR } : {}),
    ...rewriteOf(rewrite),
    ...(retries === null ? {} : { retry_policy: retryPolicy(retries) }),
    ...(mirrors.length === 0 ? {} : { request_mirror_policies: mirrors.map(mirrorPolicy) }),
  }
  if (only !== undefined && others.length === 0) {
    return {
      route: { cluster: only.name, ...hostRewrite(only), ...common },
      ...requestHeaders(only.requestHeaders),
      ...responseHeaders(only.responseHeaders),
    }
  }
  return { route: { weighted_clusters: { clusters: clusters.map(weighted) }, ...common } }
}

/** What the Gateway API wants of a backend that does not exist; Envoy's own answer is 503. */
const INTERNAL_ERROR = 'INTERNAL_SERVER_ERROR'

function weighted(cluster: WeightedCluster): Json {
  return {
    name: cluster.name,
    weight: cluster.weight,
    ...hostRewrite(cluster),
    ...requestHeaders(cluster.requestHeaders),
    ...responseHeaders(cluster.responseHeaders),
  }
}

function hostRewrite({ authority }: WeightedCluster): JsonObject {
  return authority === null ? {} : { host_rewrite_literal: authority }
}

function rewriteOf(rewrite: Extract<RouteAction, { kind: 'forward' }>['rewrite']): JsonObject {
  if (rewrite === null) return {}
  if (rewrite.kind === 'prefix') return { prefix_rewrite: rewrite.value }
  const { regex, substitution } = rewrite
  return { regex_rewrite: { pattern: { regex: regex.pattern }, substitution } }
}

/** istio: pilot/pkg/networking/core/route/retry/retry.go: a retry goes to another endpoint where there is one. */
function retryPolicy({ attempts, perTryTimeout, on, statuses }: Retries): JsonObject {
  return {
    retry_on: on.join(','),
    num_retries: attempts,
    ...(perTryTimeout === null ? {} : { per_try_timeout: seconds(perTryTimeout) }),
    ...(statuses.length === 0 ? {} : { retriable_status_codes: [...statuses] }),
    retry_host_predicate: [
      {
        name: 'envoy.retry_host_predicates.previous_hosts',
        typed_config: any('envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate'),
      },
    ],
    host_selection_retry_max_attempts: 5,
  }
}

function mirrorPolicy({ cluster, percent }: Mirror): Json {
  return { cluster, runtime_fraction: { default_value: millionths(percent) } }
}

const REDIRECT_CODES: ReadonlyMap<number, string> = new Map([
  [301, 'MOVED_PERMANENTLY'],
  [302, 'FOUND'],
  [303, 'SEE_OTHER'],
  [307, 'TEMPORARY_REDIRECT'],
  [308, 'PERMANENT_REDIRECT'],
])

function redirect(action: Extract<RouteAction, { kind: 'redirect' }>): JsonObject {
  const { status, path, prefixRewrite, authority, scheme, port } = action
  return {
    response_code: REDIRECT_CODES.get(status) ?? 'MOVED_PERMANENTLY',
    ...(path === null ? {} : { path_redirect: path }),
    ...(prefixRewrite === null ? {} : { prefix_rewrite: prefixRewrite }),
    ...(authority === null ? {} : { host_redirect: authority }),
    ...(scheme === null ? {} : { scheme_redirect: scheme }),
    ...(port === null ? {} : { port_redirect: port }),
  }
}

function faultOf({ delay, abort }: NonNullable<Route['fault']>): JsonObject {
  return any(FAULT_TYPE, {
    ...(delay === null
      ? {}
      : { delay: { fixed_delay: seconds(delay.ms), percentage: millionths(delay.percent) } }),
    ...(abort === null
      ? {}
      : { abort: { http_status: abort.status, percentage: millionths(abort.percent) } }),
  })
}
