import type { Endpoint, Outcome } from '../decision.ts'

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

/** The route names a cluster that does not exist: a subset, port or Service that nobody defines. */
export function noCluster(cluster: string, subset: string | null): Outcome {
  return {
    kind: 'respond',
    status: 503,
    body: '',
    flags: ['NC'],
    detail: 'cluster_not_found',
    cluster,
    subset,
  }
}

/** To one of the cluster's endpoints; without any, Envoy's answer to that. */
export function forward(
  { name, subset, endpoints }: ForwardedCluster,
  weights: readonly { readonly cluster: string; readonly weight: number }[],
): Outcome {
  if (endpoints.length > 0) return { kind: 'forward', cluster: name, subset, endpoints, weights }
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

/** To one of the cluster's endpoints, byte by byte. */
export function asBytes(
  { name, subset, endpoints }: ForwardedCluster,
  weights: readonly { readonly cluster: string; readonly weight: number }[],
): Outcome {
  return { kind: 'tcp', cluster: name, subset, endpoints, weights }
}

/** None of the listener's filter chains takes such a connection. */
export const noFilterChain: Outcome = {
  kind: 'reset',
  cluster: null,
  flags: ['NR'],
  detail: 'filter_chain_not_found',
}

/** What is needed of a cluster to send something there. */
interface ForwardedCluster {
  readonly name: string
  readonly subset: string | null
  readonly endpoints: readonly Endpoint[]
}
