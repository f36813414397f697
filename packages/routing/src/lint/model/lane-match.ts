import { compileRegex } from '../../mesh/regex.ts'
import type { Part } from '../part.ts'
import type { HttpRuleView } from './virtual-service.ts'

/** What a match wants of the lane header. */
export interface LaneMatch {
  readonly kind: 'exact' | 'prefix' | 'regex' | 'present'
  /** As written; '' for `present`. */
  readonly value: string
  /** The place of the value. */
  readonly part: Part
}

/** What a `match` entry wants of the lane header; null where it does not ask for it. */
export function laneMatchOf(match: Part, laneHeader: string): LaneMatch | null {
  // Most checks ask.
  const known = knownMatches.get(match)
  if (known?.laneHeader === laneHeader) return known.found
  const found = findLaneMatch(match, laneHeader)
  knownMatches.set(match, { laneHeader, found })
  return found
}

const knownMatches = new WeakMap<
  Part,
  { readonly laneHeader: string; readonly found: LaneMatch | null }
>()

function findLaneMatch(match: Part, laneHeader: string): LaneMatch | null {
  for (const [name, part] of match.get('headers').entries()) {
    if (name.toLowerCase() === laneHeader) return readLaneMatch(part)
  }
  return null
}

/** Those of all the rule's `match` entries. */
export function laneMatchesOf(rule: HttpRuleView, laneHeader: string): LaneMatch[] {
  return rule.matches.flatMap((match) => laneMatchOf(match, laneHeader) ?? [])
}

/** The lanes that the rule names exactly. */
export function exactLanesOf(rule: HttpRuleView, laneHeader: string): string[] {
  return laneMatchesOf(rule, laneHeader).flatMap(({ kind, value }) =>
    kind === 'exact' ? [value] : [],
  )
}

/** The same of a match of an HTTPRoute, whose headers are a list. */
export function routeLaneOf(match: Part, laneHeader: string): LaneMatch | null {
  const header = match
    .get('headers')
    .list()
    .find((one) => one.get('name').text?.toLowerCase() === laneHeader)
  if (header === undefined) return null
  const part = header.get('value')
  const kind = header.get('type').text === 'RegularExpression' ? 'regex' : 'exact'
  return { kind, value: typeof part.value === 'string' ? part.value : '', part }
}

/** Whether the match takes requests of this lane. */
export function acceptsLane({ kind, value }: LaneMatch, lane: string): boolean {
  if (kind === 'present') return true
  if (kind === 'exact') return lane === value
  if (kind === 'prefix') return lane.startsWith(value)
  const regex = compileRegex(value)
  return !('refused' in regex) && regex.matches(lane)
}

function readLaneMatch(part: Part): LaneMatch {
  for (const kind of ['exact', 'prefix', 'regex'] as const) {
    const entry = part.get(kind)
    if (typeof entry.value !== 'string') continue
    return kind === 'regex' && entry.value === '*'
      ? { kind: 'present', value: '', part: entry }
      : { kind, value: entry.value, part: entry }
  }
  return { kind: 'present', value: '', part }
}
