import type { RouteAction } from '../compile/proxy-config.ts'
import type { RequestView } from './request-view.ts'

/**
 * The location of a redirect. What it does not name is the request's; the request's query stays unless the
 * new path brings its own (Envoy: source/common/http/utility.cc, newUri).
 */
export function redirectLocation(
  { scheme, authority, port, path }: Extract<RouteAction, { kind: 'redirect' }>,
  view: RequestView,
): string {
  const newScheme = scheme ?? 'http'
  const host = authority ?? requestHost(view.authority, newScheme, port)
  const target = redirectTarget(path, view)
  return `${newScheme}://${host}${port === null ? '' : `:${port}`}${target}`
}

function redirectTarget(path: string | null, view: RequestView): string {
  if (path === null) return view.path + view.query
  const target = path.includes('?') ? path : path + view.query
  return target.startsWith('/') ? target : `/${target}`
}

/** The request's port goes where another replaces it, or where it is http's and the scheme changes. */
function requestHost(authority: string, scheme: string, port: number | null): string {
  const [, host = authority, own = ''] = /^(.*?)(:\d*)?$/.exec(authority) ?? []
  return port !== null || (scheme !== 'http' && own === ':80') ? host : authority
}
