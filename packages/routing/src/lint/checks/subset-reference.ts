import type { Check } from '../check.ts'
import { exactLanesOf } from '../model/lane-match.ts'
import { subsetsCalled, targetOf } from '../model/targets.ts'
import { trialsTo } from '../model/trial.ts'

/** Istio looks for the subset in every DestinationRule of the host, whoever sees it. */
export const subsetReference: Check = {
  codes: ['IST0101'],
  run(world, report) {
    for (const rule of world.virtualServices()) {
      for (const entry of rule.http) {
        for (const destination of entry.destinations) {
          const { subset, host } = destination
          if (subset === null || subsetsCalled(world, host, subset).length > 0) continue
          const target = targetOf(world, destination)
          const [lane] = exactLanesOf(entry, world.laneHeader)
          report({
            code: 'IST0101',
            at: destination.destination.get('subset'),
            message: `no DestinationRule for ${host} has the subset ${JSON.stringify(subset)}: 503 NC. Add it, or remove this route`,
            request: world.examples.find(
              target === null ? [] : trialsTo(world, target, entry.matches[0], lane ?? null),
              ({ outcome }) => outcome.kind === 'respond' && outcome.flags.includes('NC'),
            ),
          })
        }
      }
    }
  },
}
