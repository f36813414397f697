import type { RouteAction } from '../compile/proxy-config.ts'
import type { PathCondition } from '../mesh/route-match.ts'
import type { RequestView } from './request-view.ts'
import { withPrefix } from './rewrite.ts'

/**
 * The location of a redirect. What it does not name is the request's; the request's query stays unless the
 * new path brings its own (Envoy: source/common/http/utility.cc, newUri).
 */
export function redirectLocation(
  action: Extract<RouteAction, { kind: 'redirect' }>,
  matched: PathCondition,
  view: RequestView,
): string {
  const { scheme, authority, port } = action
  const newScheme = scheme ?? view.scheme
  const host = authority ?? requestHost(view, newScheme, port)
  const target = redirectTarget(action, matched, view)
  return `${newScheme}://${host}${port === null ? '' : `:${port}`}${target}`
}

function redirectTarget(
  { path, prefixRewrite }: Extract<RouteAction, { kind: 'redirect' }>,
  matched: PathCondition,
  view: RequestView,
): string {
  if (prefixRewrite !== null) return withPrefix(prefixRewrite, matched, view.path) + view.query
  if (path === null) return view.path + view.query
  const target = path.includes('?') ? path : path + view.query
  return target.startsWith('/') ? target : `/${target}`
}

/** The request's port goes where another replaces it, or where it is the old scheme's and that changes. */
function requestHost(
  { authority, scheme }: RequestView,
  newScheme: string,
  port: number | null,
): string {
  const [, host = authority, own = ''] = /^(.*?)(:\d*)?$/.exec(authority) ?? []
  const isStandard = own === (scheme === 'http' ? ':80' : ':443')
  return port !== null || (newScheme !== scheme && isStandard) ? host : authority
}
