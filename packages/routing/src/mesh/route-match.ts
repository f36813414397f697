import { compareText } from './host.ts'
import type { WrittenMatch } from './http-match.ts'
import type { StringMatch } from './string-match.ts'

/** What Envoy compares with a request; all conditions must hold. */
export interface RouteMatch {
  /** In the order in which they are tested. */
  readonly conditions: readonly Condition[]
  /** How the path matched: a prefix rewrite replaces only what the prefix matched. */
  readonly path: PathCondition
}

export type Condition = HeaderCondition | QueryCondition | PathCondition | ClaimCondition

/** A header, or one of Envoy's `:method`, `:authority`, `:scheme`. Repeated headers count one by one. */
export interface HeaderCondition {
  readonly kind: 'header'
  readonly code: 'header' | 'without-header' | 'method' | 'authority' | 'scheme'
  /** In lower case. */
  readonly name: string
  readonly match: StringMatch
  /** `withoutHeaders`: no value may match. An absent header then counts as an empty one. */
  readonly inverted: boolean
}

/** A query parameter, as written in the URL; of repeated ones the first counts. */
export interface QueryCondition {
  readonly kind: 'query'
  readonly name: string
  readonly match: StringMatch
}

/** The path without its query. */
export interface PathCondition {
  readonly kind: 'path'
  readonly match: Exclude<StringMatch, { kind: 'present' }>
  readonly ignoreCase: boolean
}

/** A JWT claim (`@request.auth.claims…`): no request of ours carries one. */
interface ClaimCondition {
  readonly kind: 'claim'
  readonly name: string
  readonly inverted: boolean
}

/** What a route without a match has: every path. */
export const anyRequest: RouteMatch = routeMatch([], {
  kind: 'path',
  match: { kind: 'prefix', value: '/' },
  ignoreCase: false,
})

/** The parts of a `match` entry that a request is compared with. */
export type RequestMatch = Pick<
  WrittenMatch,
  | 'headers'
  | 'withoutHeaders'
  | 'queryParams'
  | 'uri'
  | 'ignoreUriCase'
  | 'method'
  | 'authority'
  | 'scheme'
>

/**
 * The conditions of one `match` entry. Istio hands them to Envoy sorted by header name, then method,
 * authority and scheme, and Envoy tests the query and the path last (istio: route.go, TranslateRouteMatch;
 * Envoy: RouteEntryImplBase::matchRoute).
 */
export function routeMatchOf(written: RequestMatch): RouteMatch {
  const headers = [
    ...headerConditions(written.headers, false),
    ...headerConditions(written.withoutHeaders, true),
  ].toSorted((a, b) => compareText(a.name, b.name))
  const pseudo = (['method', 'authority', 'scheme'] as const).flatMap((code): Condition[] => {
    const match = written[code]
    return match === null
      ? []
      : [{ kind: 'header', code, name: `:${code}`, match, inverted: false }]
  })
  const query = [...written.queryParams].map(([name, match]): Condition => ({
    kind: 'query',
    name,
    match,
  }))
  return routeMatch(
    [...headers.filter(isHeader), ...pseudo, ...query, ...headers.filter((one) => !isHeader(one))],
    pathCondition(written),
  )
}

/**
 * Whether every request matches: a path prefix `/` or regex `.*` and nothing else. Istio sends no route
 * after such a one (istio: route.go, IsCatchAllRoute).
 */
export function isCatchAll({ conditions, path }: RouteMatch): boolean {
  const { match } = path
  const anyPath =
    match.kind === 'prefix' ? match.value === '/' : match.kind === 'regex' && match.value === '.*'
  return anyPath && conditions.every((condition) => condition === path)
}

function routeMatch(conditions: readonly Condition[], path: PathCondition): RouteMatch {
  const { match } = path
  // Every path begins with a slash, so that the common case needs no test.
  const always = match.kind === 'prefix' && (match.value === '/' || match.value === '')
  return { conditions: always ? conditions : [...conditions, path], path }
}

function headerConditions(
  matches: ReadonlyMap<string, StringMatch>,
  inverted: boolean,
): (HeaderCondition | ClaimCondition)[] {
  return [...matches].map(([name, match]) =>
    isClaim(name)
      ? { kind: 'claim', name, inverted }
      : {
          kind: 'header',
          code: inverted ? 'without-header' : 'header',
          name: name.toLowerCase(),
          match,
          inverted,
        },
  )
}

/** Whether the name of a header stands for a claim of the caller's JWT (istio: pkg/jwt/routing.go). */
export function isClaim(name: string): boolean {
  return /^@request\.auth\.claims(?:\..|\[.+\]$)/i.test(name)
}

function pathCondition({ uri, ignoreUriCase }: RequestMatch): PathCondition {
  return {
    kind: 'path',
    match: uri === null || uri.kind === 'present' ? { kind: 'prefix', value: '/' } : uri,
    ignoreCase: ignoreUriCase,
  }
}

function isHeader(condition: Condition): condition is HeaderCondition {
  return condition.kind === 'header'
}
