import type { Condition, RouteMatch, StringMatch } from '@traffic-lanes/routing'
import type { Json, JsonObject } from './json.ts'

/**
 * Envoy's RouteMatch; null where no request ever matches: a JWT claim that nobody carries, or a pattern
 * that RE2 refuses.
 */
export function routeMatch({ conditions, path }: RouteMatch): JsonObject | null {
  const headers: JsonObject[] = []
  const query: JsonObject[] = []
  for (const condition of conditions) {
    if (condition === path) continue
    if (isNever(condition)) return null
    if (condition.kind === 'header' && !isAlways(condition)) headers.push(header(condition))
    if (condition.kind === 'query') query.push(queryParameter(condition))
  }
  const { match, ignoreCase } = path
  if (match.kind === 'regex' && match.regex === null) return null
  return {
    ...pathMatch(match),
    ...(ignoreCase ? { case_sensitive: false } : {}),
    ...(headers.length === 0 ? {} : { headers }),
    ...(query.length === 0 ? {} : { query_parameters: query }),
  }
}

type HeaderCondition = Extract<Condition, { kind: 'header' }>

function isNever(condition: Condition): boolean {
  if (condition.kind === 'claim') return !condition.inverted
  const isRefused = condition.match.kind === 'regex' && condition.match.regex === null
  return isRefused && !(condition.kind === 'header' && condition.inverted)
}

function isAlways({ match, inverted }: HeaderCondition): boolean {
  return inverted && match.kind === 'regex' && match.regex === null
}

function header({ name, match, inverted }: HeaderCondition): JsonObject {
  if (match.kind === 'present')
    return { name, present_match: true, ...(inverted ? { invert_match: true } : {}) }
  return {
    name,
    string_match: stringMatch(match),
    // istio: route.go, TranslateHeaderMatch: an absent header is an empty one where no value may match.
    ...(inverted ? { invert_match: true, treat_missing_header_as_empty: true } : {}),
  }
}

function queryParameter({ name, match }: Extract<Condition, { kind: 'query' }>): JsonObject {
  return match.kind === 'present'
    ? { name, present_match: true }
    : { name, string_match: stringMatch(match) }
}

function pathMatch(match: Exclude<StringMatch, { kind: 'present' }>): JsonObject {
  if (match.kind === 'exact') return { path: match.value }
  if (match.kind === 'prefix') return { prefix: match.value === '' ? '/' : match.value }
  if (match.kind === 'path-prefix') return { path_separated_prefix: match.value }
  return { safe_regex: { regex: match.value } }
}

/** Envoy's StringMatcher. */
export function stringMatch(match: Exclude<StringMatch, { kind: 'present' }>): Json {
  if (match.kind === 'regex') return { safe_regex: { regex: match.value } }
  return match.kind === 'exact' ? { exact: match.value } : { prefix: match.value }
}
