import type { Part } from '../part.ts'
import { covers } from './covers.ts'
import { laneMatchOf } from './lane-match.ts'
import type { HttpRuleView } from './virtual-service.ts'

/** Whether the rule takes some requests by their lane. */
export function isLaneRule(rule: HttpRuleView, laneHeader: string): boolean {
  return rule.matches.some((match) => laneMatchOf(match, laneHeader) !== null)
}

/** Whether the rule takes requests without looking at their lane. */
export function isBaselineRule(rule: HttpRuleView, laneHeader: string): boolean {
  return (
    rule.matches.length === 0 ||
    rule.matches.some((match) => laneMatchOf(match, laneHeader) === null)
  )
}

/** The first of the rules that takes what the lane's match takes, without its lane. */
export function baselineOf(
  match: Part,
  baselines: readonly HttpRuleView[],
  laneHeader: string,
): HttpRuleView | null {
  return (
    baselines.find(
      (rule) =>
        rule.matches.length === 0 ||
        rule.matches.some(
          (other) => laneMatchOf(other, laneHeader) === null && covers(other, match, laneHeader),
        ),
    ) ?? null
  )
}
