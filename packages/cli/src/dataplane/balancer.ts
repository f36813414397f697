import type { Endpoint } from '@traffic-lanes/routing'

/** Picks endpoints in turn, each cluster with a turn of its own. */
export interface Balancer {
  /**
   * The next endpoint of `cluster`. Those in `tried` are passed over while there is another, as Istio's
   * default retry policy does (envoy: previous_hosts). undefined for an empty list.
   */
  pick(
    cluster: string,
    endpoints: readonly Endpoint[],
    tried: readonly Endpoint[],
  ): Endpoint | undefined
}

/** A balancer that starts every cluster at its first endpoint. */
export function createBalancer(): Balancer {
  const turns = new Map<string, number>()
  return {
    pick(cluster, endpoints, tried) {
      const count = endpoints.length
      if (count < 2) return endpoints[0]
      const turn = turns.get(cluster) ?? 0
      for (let step = 0; step < count; step++) {
        const endpoint = endpoints[(turn + step) % count]
        if (endpoint === undefined || tried.includes(endpoint)) continue
        turns.set(cluster, (turn + step + 1) % count)
        return endpoint
      }
      turns.set(cluster, (turn + 1) % count)
      return endpoints[turn % count]
    },
  }
}
