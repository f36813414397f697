import type { PathRewrite } from '../mesh/http-rule.ts'
import type { PathCondition } from '../mesh/route-match.ts'
import type { RequestView } from './request-view.ts'

/**
 * The path to send on, with its query. A rewrite takes the place of what the route matched: of the prefix
 * where it matched one, else of the whole path. A regex rewrite works on the whole path; one that leaves
 * nothing changes nothing (Envoy: source/common/router/config_impl.cc, rewritePathByPrefixOrRegex).
 */
export function rewritePath(
  rewrite: PathRewrite | null,
  matched: PathCondition,
  { path, query }: RequestView,
): string {
  if (rewrite === null) return path + query
  if (rewrite.kind === 'prefix') return withPrefix(rewrite.value, matched, path) + query
  const rewritten = rewrite.regex.replaceAll(path, rewrite.substitution)
  return (rewritten === '' ? path : rewritten) + query
}

/** The path with another beginning in the place of what the route matched. */
export function withPrefix(prefix: string, { match }: PathCondition, path: string): string {
  const isPrefix = match.kind === 'prefix' || match.kind === 'path-prefix'
  return prefix + (isPrefix ? path.slice(match.value.length) : '')
}
