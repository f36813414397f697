import type { Check } from '../check.ts'
import { covers } from '../model/covers.ts'
import { laneMatchOf } from '../model/lane-match.ts'
import { meshTrials } from '../model/trial.ts'
import { ruleName } from '../model/virtual-service.ts'
import type { HttpRuleView } from '../model/virtual-service.ts'
import type { Part } from '../part.ts'
import { push } from '../world.ts'

/** How many earlier matches without an exact lane are compared; generated rules have thousands. */
const mostCompared = 500

interface Earlier {
  readonly entry: HttpRuleView
  readonly match: Part
}

/**
 * The first route that matches decides. Istio's own IST0130 and IST0131 know equal matches and rules without
 * any; this one knows that a prefix, a regex or fewer conditions take what a later match asks for.
 */
export const laneUnreachable: Check = {
  codes: ['TL025'],
  run(world, report) {
    for (const rule of world.virtualServices()) {
      const byLane = new Map<string, Earlier[]>()
      const wide: Earlier[] = []
      for (const entry of rule.http) {
        for (const match of entry.matches) {
          const lane = laneMatchOf(match, world.laneHeader)
          const earlier =
            lane?.kind === 'exact' ? [...wide, ...(byLane.get(lane.value) ?? [])] : wide
          const before = earlier.find(
            (one) =>
              lane !== null &&
              one.entry !== entry &&
              !same(one.match, match) &&
              covers(one.match, match),
          )
          if (before !== undefined && lane !== null) {
            report({
              code: 'TL025',
              at: match,
              message: `rule ${ruleName(entry)} never gets a request by this match: rule ${ruleName(before.entry)} before it takes all of them. Move the narrower rule up`,
              request: world.examples.find(
                lane.kind === 'exact' ? meshTrials(world, rule, match, lane.value) : [],
                ({ route }) => route !== null && route.name !== entry.name,
              ),
            })
          }
          if (lane?.kind === 'exact') push(byLane, lane.value, { entry, match })
          else if (match.entries().length > 0 && wide.length < mostCompared)
            wide.push({ entry, match })
        }
      }
    }
  },
}

function same(a: Part, b: Part): boolean {
  return JSON.stringify(a.value) === JSON.stringify(b.value)
}
