import type { Cluster } from '../compile/proxy-config.ts'
import type { Endpoint, Outcome, ResponseFlag } from '../decision.ts'

/** No route of the virtual host matches, or no virtual host the Host. */
export const noRoute: Outcome = {
  kind: 'respond',
  status: 404,
  body: '',
  flags: ['NR'],
  detail: 'route_not_found',
  cluster: null,
  subset: null,
}

/** HTTP/1.0 where it is not let in. */
export const upgradeRequired: Outcome = {
  kind: 'respond',
  status: 426,
  body: '',
  flags: [],
  detail: 'low_version',
  cluster: null,
  subset: null,
}

/** A path with an escaped NUL, which Envoy does not take (PathUtil::canonicalPath). */
export const badPath: Outcome = {
  kind: 'respond',
  status: 400,
  body: '',
  flags: [],
  detail: 'path_normalization_failed',
  cluster: null,
  subset: null,
}

/** The answer to a preflight from an origin that is allowed. */
export const preflightAnswer: Outcome = {
  kind: 'respond',
  status: 200,
  body: '',
  flags: [],
  detail: 'cors_response',
  cluster: null,
  subset: null,
}

/** The route names a cluster that does not exist: a subset, port or Service that nobody defines. */
export function noCluster(status: number, cluster: string, subset: string | null): Outcome {
  return {
    kind: 'respond',
    status,
    body: '',
    flags: ['NC'],
    detail: 'cluster_not_found',
    cluster,
    subset,
  }
}

/**
 * To one of the endpoints; without any, Envoy's answer to that. A dynamic cluster finds its own, and one of type
 * ORIGINAL_DST goes to what was dialled, also where nobody knows who that is.
 */
export function forward(
  { name, subset, type }: Pick<Cluster, 'name' | 'subset' | 'type'>,
  endpoints: readonly Endpoint[],
  weights: readonly { readonly cluster: string; readonly weight: number }[],
): Outcome {
  if (endpoints.length > 0 || type === 'dynamic' || type === 'original-dst') {
    return { kind: 'forward', cluster: name, subset, endpoints, weights }
  }
  return {
    kind: 'respond',
    status: 503,
    body: 'no healthy upstream',
    flags: ['UH'],
    detail: 'no_healthy_upstream',
    cluster: name,
    subset,
  }
}

/** What the route answers itself. */
export function directResponse(status: number, body: string): Outcome {
  return {
    kind: 'respond',
    status,
    body,
    flags: [],
    detail: 'direct_response',
    cluster: null,
    subset: null,
  }
}

/** To where the connection was dialled, past every rule. */
export function passThrough(endpoints: readonly Endpoint[]): Outcome {
  return { kind: 'passthrough', cluster: 'PassthroughCluster', endpoints }
}

/** To one of the endpoints, byte by byte. */
export function asBytes(
  { name, subset }: Pick<Cluster, 'name' | 'subset'>,
  endpoints: readonly Endpoint[],
  weights: readonly { readonly cluster: string; readonly weight: number }[],
): Outcome {
  return { kind: 'tcp', cluster: name, subset, endpoints, weights }
}

/** The proxy takes the connection and closes it. */
export function closed(
  detail: string,
  flags: readonly ResponseFlag[],
  cluster: string | null = null,
): Outcome {
  const [, , subset] = cluster?.split('|') ?? []
  return {
    kind: 'reset',
    cluster,
    subset: subset === undefined || subset === '' ? null : subset,
    flags,
    detail,
  }
}
