import type { Check } from '../check.ts'
import { acceptsLane, laneMatchOf } from '../model/lane-match.ts'
import { targetOf, workloadsBehind } from '../model/targets.ts'
import { trialsTo } from '../model/trial.ts'
import { ruleName } from '../model/virtual-service.ts'

/** `release-v1` is a prefix of `release-v10`, and an unescaped dot stands for any character. */
export const laneMatchTooWide: Check = {
  codes: ['TL010'],
  run(world, report) {
    for (const rule of world.virtualServices()) {
      const taken = new Set<string>()
      for (const entry of rule.http) {
        const lanes = entry.matches.flatMap((match) => {
          const lane = laneMatchOf(match, world.laneHeader)
          return lane === null ? [] : [{ match, lane }]
        })
        for (const { match, lane } of lanes) {
          if (lane.kind === 'exact') {
            taken.add(lane.value)
            continue
          }
          const [destination] = entry.destinations
          const target = destination === undefined ? null : targetOf(world, destination)
          if (target === null || target.destination.subset === null || lane.kind === 'present')
            continue
          const own = new Set(
            workloadsBehind(world, target).map(({ labels }) => labels[world.versionLabel]),
          )
          const wrong = [...world.versionsOf(target.service).keys()].find(
            (version) => !own.has(version) && !taken.has(version) && acceptsLane(lane, version),
          )
          if (wrong === undefined) continue
          const { service } = target
          report({
            code: 'TL010',
            at: lane.part,
            message: `${lane.kind} ${JSON.stringify(lane.value)} of rule ${ruleName(entry)} takes lane ${JSON.stringify(wrong)} too, which ${service.name} has a version for; match \`exact\` values, or put the rule of ${JSON.stringify(wrong)} before this one`,
            request: world.examples.find(
              trialsTo(world, target, match, wrong),
              ({ outcome }) =>
                outcome.kind === 'forward' && outcome.subset === target.destination.subset,
            ),
          })
        }
      }
    }
  },
}
