import type { ProxyConfig, Route } from '../compile/proxy-config.ts'
import type { Decision } from '../decision.ts'
import { forwardTo, noRewrite } from './apply-route.ts'
import type { Applied } from './apply-route.ts'

/** What a route decides for each request that it takes, and whose path needs no normalizing. */
export interface Prepared {
  readonly decided: Decision['route']
  readonly applied: Applied
}

/**
 * Decides once for all requests of a route; null where it turns on the request: more than one cluster to draw from, a
 * fault, a preflight, a rewrite, a cluster that goes to what was dialled, or none.
 *
 * Ten thousand lanes ask for ten thousand routes, clusters and endpoints, which no cache of a processor holds; what
 * they get is then in one place each.
 */
export function prepare(config: ProxyConfig, index: number, route: Route): Prepared | null {
  const { name, origin, action, fault, cors } = route
  if (action.kind !== 'forward' || fault !== null || cors !== null) return null
  const [chosen, ...others] = action.clusters
  if (chosen === undefined || others.length > 0) return null
  if (action.rewrite !== null || chosen.authority !== null) return null
  const cluster = config.clusters.get(chosen.name)
  if (cluster === undefined || cluster.type === 'original-dst') return null
  const applied = forwardTo(cluster, cluster.endpoints, {
    action,
    chosen,
    fault: null,
    rewrite: noRewrite,
  })
  // Many decisions share them.
  Object.freeze(applied.outcome)
  return { decided: Object.freeze({ index, name, origin }), applied: Object.freeze(applied) }
}
