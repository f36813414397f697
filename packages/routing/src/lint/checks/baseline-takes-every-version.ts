import type { Check } from '../check.ts'
import { routeLaneOf } from '../model/lane-match.ts'
import { rulesByService } from '../model/route-parents.ts'
import type { Part } from '../part.ts'
import { trialsTo } from '../model/trial.ts'
import { isBaselineRule, isLaneRule } from '../model/lane-rule.ts'
import { targetOf, workloadsBehind } from '../model/targets.ts'
import { ruleName } from '../model/virtual-service.ts'

/** Lane pods carry the Service's selector too: without a subset, Envoy balances over all of them. */
export const baselineTakesEveryVersion: Check = {
  codes: ['TL005'],
  run(world, report) {
    for (const rule of world.virtualServices()) {
      const laneHosts = new Set(
        rule.http
          .filter((entry) => isLaneRule(entry, world.laneHeader))
          .flatMap(({ destinations }) => destinations.map(({ host }) => host)),
      )
      for (const entry of rule.http) {
        if (!isBaselineRule(entry, world.laneHeader)) continue
        for (const destination of entry.destinations) {
          if (!laneHosts.has(destination.host)) continue
          const target = targetOf(world, destination)
          if (target === null) continue
          const versions = new Set(
            workloadsBehind(world, target).map(({ labels }) => labels[world.versionLabel]),
          )
          if (versions.size < 2) continue
          const { service } = target
          const named = [...versions].map((one) => one ?? '(none)').slice(0, 5)
          report({
            code: 'TL005',
            at: destination.destination,
            message: `rule ${ruleName(entry)} sends requests without a lane to every version of ${service.name} (${named.join(', ')}${versions.size > 5 ? ', …' : ''}); name the baseline's subset`,
            request: world.examples.find(
              trialsTo(world, target, undefined, null),
              ({ outcome }) => outcome.kind === 'forward' && outcome.endpoints.length > 1,
            ),
          })
        }
      }
    }
    for (const { service, port, rules } of rulesByService(world)) {
      const isLane = (match: Part) => routeLaneOf(match, world.laneHeader) !== null
      if (!rules.some(({ rule }) => rule.matches.some(isLane))) continue
      for (const { rule } of rules) {
        if (rule.matches.length > 0 && rule.matches.every(isLane)) continue
        for (const { host, part } of rule.backends) {
          const backend = world.services().get(host)
          const versions = backend === undefined ? [] : [...world.versionsOf(backend).keys()]
          if (versions.length < 2) continue
          report({
            code: 'TL005',
            at: part,
            message: `requests without a lane go to every version that Service ${part.get('name').text} selects (${versions.slice(0, 5).join(', ')}); give the baseline a Service of its own, or let this one select the baseline's version`,
            request: world.examples.find(
              trialsTo(world, { service, port }, undefined, null),
              ({ outcome }) => outcome.kind === 'forward' && outcome.endpoints.length > 1,
            ),
          })
        }
      }
    }
  },
}
