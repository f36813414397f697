import type { Decision, Endpoint, Outcome } from '@traffic-lanes/routing'

const UNTOUCHED = { set: [], add: [], remove: [] }

/** The name of the cluster that the hand-made decisions lead to. */
export const CLUSTER = 'outbound|32000|release-v1|testbbb.test-istio.svc.cluster.local'

/** A decision that changes nothing but what `changes` says. */
export function decisionOf(outcome: Outcome, changes: Partial<Decision> = {}): Decision {
  return {
    proxy: 'deployment/test-istio/testaaa-release',
    listener: '0.0.0.0_32000',
    routeConfig: '32000',
    virtualHost: 'testbbb.test-istio.svc.cluster.local:32000',
    route: null,
    passed: [],
    outcome,
    destinationRule: null,
    rewrite: { path: null, authority: null },
    requestHeaders: UNTOUCHED,
    responseHeaders: UNTOUCHED,
    timeout: null,
    retries: null,
    mirrors: [],
    fault: null,
    warnings: [],
    ...changes,
  }
}

/** A decision for these endpoints of one cluster. */
export function forwardTo(
  endpoints: readonly Endpoint[],
  changes: Partial<Decision> = {},
): Decision {
  const weights = [{ cluster: CLUSTER, weight: 100 }]
  return decisionOf(
    { kind: 'forward', cluster: CLUSTER, subset: 'release-v1', endpoints, weights },
    changes,
  )
}

/** An endpoint on this machine. */
export function endpointAt(port: number, workload = 'testbbb-release-v1'): Endpoint {
  return { address: '127.0.0.1', port, workload, namespace: 'test-istio' }
}
