import type { Check } from '../check.ts'
import { laneMatchOf, routeLaneOf } from '../model/lane-match.ts'
import { baselineOf, isBaselineRule, isLaneRule } from '../model/lane-rule.ts'
import { rulesByService } from '../model/route-parents.ts'
import { meshTrials, trialsTo } from '../model/trial.ts'
import { ruleName } from '../model/virtual-service.ts'

/** A VirtualService replaces a Service's own route: what no rule takes is answered 404. */
export const noBaseline: Check = {
  codes: ['TL004'],
  run(world, report) {
    for (const rule of world.virtualServices()) {
      const lanes = rule.http.filter((entry) => isLaneRule(entry, world.laneHeader))
      if (lanes.length === 0) continue
      const baselines = rule.http.filter((entry) => isBaselineRule(entry, world.laneHeader))
      const lost = lanes
        .flatMap((entry) => entry.matches.map((match) => ({ entry, match })))
        .find(
          ({ match }) =>
            laneMatchOf(match, world.laneHeader) !== null &&
            baselineOf(match, baselines, world.laneHeader) === null,
        )
      if (lost === undefined) continue
      report({
        code: 'TL004',
        at: rule.spec.get('http'),
        key: true,
        message: `requests without the lane of rule ${ruleName(lost.entry)} have no route and are answered 404; add a rule without ${world.laneHeader} at the end of http`,
        request: world.examples.find(
          meshTrials(world, rule, lost.match, null),
          ({ outcome }) => outcome.kind === 'respond' && outcome.flags.includes('NR'),
        ),
      })
    }
    for (const { service, port, rules } of rulesByService(world)) {
      const matches = rules.flatMap(({ rule }) => rule.matches)
      const isOpen = rules.some(({ rule }) => rule.matches.length === 0)
      const lane = matches.find((match) => routeLaneOf(match, world.laneHeader) !== null)
      if (lane === undefined || isOpen) continue
      if (matches.some((match) => routeLaneOf(match, world.laneHeader) === null)) continue
      report({
        code: 'TL004',
        at: lane,
        message: `no rule for Service ${service.name} takes requests without a lane, which are answered 404: add an HTTPRoute for it without ${world.laneHeader}`,
        request: world.examples.find(
          trialsTo(world, { service, port }, undefined, null),
          ({ outcome }) => outcome.kind === 'respond' && outcome.status === 404,
        ),
      })
    }
  },
}
