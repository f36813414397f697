import type { Check } from '../check.ts'
import { exactLanesOf, laneMatchOf } from '../model/lane-match.ts'
import { baselineOf, isBaselineRule, isLaneRule } from '../model/lane-rule.ts'
import { meshTrials } from '../model/trial.ts'
import { ruleName } from '../model/virtual-service.ts'

/** A lane's route is a rule of its own: it inherits nothing from the baseline. */
export const laneDropsPolicy: Check = {
  codes: ['TL011'],
  run(world, report) {
    for (const rule of world.virtualServices()) {
      const baselines = rule.http.filter((entry) => isBaselineRule(entry, world.laneHeader))
      for (const entry of rule.http) {
        if (!isLaneRule(entry, world.laneHeader)) continue
        const match = entry.matches.find((one) => laneMatchOf(one, world.laneHeader) !== null)
        const baseline = match && baselineOf(match, baselines, world.laneHeader)
        if (
          match === undefined ||
          baseline === null ||
          baseline === undefined ||
          baseline === entry
        )
          continue
        const missing = policies.filter(
          (key) => baseline.part.get(key).exists && !entry.part.get(key).exists,
        )
        if (missing.length === 0) continue
        const [lane] = exactLanesOf(entry, world.laneHeader)
        report({
          code: 'TL011',
          at: entry.part,
          message: `rule ${ruleName(entry)} lacks ${missing.join(', ')} of its baseline ${ruleName(baseline)}: the lane behaves otherwise than what it replaces. Copy ${missing.length === 1 ? 'it' : 'them'}, or write other values`,
          request: world.examples.find(
            lane === undefined ? [] : meshTrials(world, rule, match, lane),
            ({ route }) => route?.origin?.resource === rule.resource.id,
          ),
        })
      }
    }
  },
}

const policies = ['timeout', 'retries', 'rewrite', 'corsPolicy'] as const
