import type { SortedRule } from './rule.ts'

/**
 * Orders rules as the Gateway API wants it, the most specific first; those that are equally specific stay in
 * their order (istio: pilot/pkg/config/kube/gateway/conversion.go, sortHTTPRoutes).
 */
export function sortRules(rules: readonly SortedRule[]): SortedRule[] {
  return rules.toSorted(compareRules)
}

function compareRules(a: SortedRule, b: SortedRule): number {
  if (a.match === null || b.match === null) {
    return Number(a.match === null) - Number(b.match === null)
  }
  return (
    pathRank(b) - pathRank(a) ||
    b.pathLength - a.pathLength ||
    Number(a.match.method === null) - Number(b.match.method === null) ||
    b.match.headers.size - a.match.headers.size ||
    b.match.queryParams.size - a.match.queryParams.size
  )
}

function pathRank({ match }: SortedRule): number {
  const uri = match?.uri ?? null
  if (uri === null) return -1
  if (uri.kind === 'exact') return 3
  return uri.kind === 'prefix' || uri.kind === 'path-prefix' ? 2 : 1
}
