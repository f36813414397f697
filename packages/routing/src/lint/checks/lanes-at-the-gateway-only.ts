import type { Check } from '../check.ts'
import { trialsTo } from '../model/trial.ts'
import { exactLanesOf } from '../model/lane-match.ts'
import { isLaneRule } from '../model/lane-rule.ts'
import { targetOf } from '../model/targets.ts'

/** A VirtualService that lists gateways without `mesh` is not for sidecars. */
export const lanesAtTheGatewayOnly: Check = {
  codes: ['TL006'],
  run(world, report) {
    for (const rule of world.virtualServices()) {
      if (rule.gateways.includes('mesh')) continue
      const reported = new Set<string>()
      for (const entry of rule.http) {
        if (!isLaneRule(entry, world.laneHeader)) continue
        for (const destination of entry.destinations) {
          const target = targetOf(world, destination)
          if (target === null || destination.subset === null || reported.has(destination.host))
            continue
          const others = world.virtualServicesByHost().get(destination.host) ?? []
          if (others.some(({ gateways }) => gateways.includes('mesh'))) continue
          if (world.versionsOf(target.service).size < 2) continue
          reported.add(destination.host)
          const { service } = target
          const [lane] = exactLanesOf(entry, world.laneHeader)
          report({
            code: 'TL006',
            at: rule.spec.get('gateways'),
            message: `the lanes of ${service.name} hold at ${rule.gateways.join(', ')} only: a caller inside the mesh gets any version. Add \`mesh\` to gateways and ${destination.host} to hosts, or write a second VirtualService for it`,
            request: world.examples.find(
              trialsTo(world, target, undefined, lane ?? null),
              ({ outcome }) => outcome.kind === 'forward' && outcome.subset === null,
            ),
          })
        }
      }
    }
  },
}
