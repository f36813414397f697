import type {
  Condition,
  HeaderCondition,
  PathCondition,
  QueryCondition,
  RouteMatch,
} from '../mesh/route-match.ts'
import { describeMatch, stringMatches } from '../mesh/string-match.ts'
import type { RequestView } from './request-view.ts'

/** The first condition that the request does not meet; null: the route matches. */
export function findFailure({ conditions }: RouteMatch, view: RequestView): Condition | null {
  for (const condition of conditions) {
    if (!holds(condition, view)) return condition
  }
  return null
}

/** Whether the request meets all conditions. */
export function allHold(conditions: readonly Condition[], view: RequestView): boolean {
  for (const condition of conditions) if (!holds(condition, view)) return false
  return true
}

/** Why a condition does not hold, for readers who do not know Istio. */
export function explainFailure(
  condition: Condition,
  view: RequestView,
): { readonly code: string; readonly because: string } {
  if (condition.kind === 'header') {
    return { code: condition.code, because: explainHeader(condition, view) }
  }
  if (condition.kind === 'query') return { code: 'query', because: explainQuery(condition, view) }
  if (condition.kind === 'path') return { code: 'uri', because: explainPath(condition, view) }
  const name = JSON.stringify(condition.name)
  return {
    code: 'claim',
    because: `the route wants the JWT claim ${name}, which is not modelled yet`,
  }
}

function holds(condition: Condition, view: RequestView): boolean {
  if (condition.kind === 'header') return headerHolds(condition, view)
  if (condition.kind === 'path') return pathHolds(condition, view)
  if (condition.kind === 'claim') return condition.inverted
  const value = view.params().get(condition.name)
  return value !== undefined && stringMatches(condition.match, value)
}

/** Repeated headers are compared one by one: any hit counts, also against an inverted condition. */
function headerHolds({ name, match, inverted }: HeaderCondition, view: RequestView): boolean {
  const values = view.header(name)
  if (values !== null) return values.some((value) => stringMatches(match, value)) !== inverted
  // An absent header counts as an empty one for `withoutHeaders`, unless it only asks for presence.
  return inverted && (match.kind === 'present' || !stringMatches(match, ''))
}

function pathHolds({ match, ignoreCase }: PathCondition, { path }: RequestView): boolean {
  if (!ignoreCase || match.kind === 'regex') return stringMatches(match, path)
  return stringMatches({ ...match, value: match.value.toLowerCase() }, path.toLowerCase())
}

function explainHeader(
  { code, name, match, inverted }: HeaderCondition,
  view: RequestView,
): string {
  const values = view.header(name)
  const what =
    code === 'header' || code === 'without-header' ? `header ${JSON.stringify(name)}` : code
  const actual =
    values === null ? 'absent' : values.map((value) => JSON.stringify(value)).join(' and ')
  if (!inverted) return `${what} is ${actual}, the route wants ${describeMatch(match)}`
  if (match.kind === 'present') return `${what} is ${actual}, the route wants it absent`
  const note = values === null ? ', which counts as empty here' : ''
  return `${what} is ${actual}${note}, the route wants anything but ${describeMatch(match)}`
}

function explainQuery({ name, match }: QueryCondition, view: RequestView): string {
  const value = view.params().get(name)
  const actual = value === undefined ? 'absent' : JSON.stringify(value)
  return `query parameter ${JSON.stringify(name)} is ${actual}, the route wants ${describeMatch(match)}`
}

function explainPath({ match, ignoreCase }: PathCondition, { path }: RequestView): string {
  const note = ignoreCase && match.kind !== 'regex' ? ' in any case' : ''
  return `path is ${JSON.stringify(path)}, the route wants ${describeMatch(match, 'one')}${note}`
}
