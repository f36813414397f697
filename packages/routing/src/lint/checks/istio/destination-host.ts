import type { ExampleRequest } from '../../finding.ts'
import type { Check } from '../../check.ts'
import { exactLanesOf } from '../../model/lane-match.ts'
import { everyDestination } from '../../model/destinations.ts'
import type { AnyDestination } from '../../model/destinations.ts'
import { meshTrials } from '../../model/trial.ts'
import type { VirtualServiceView } from '../../model/virtual-service.ts'
import type { World } from '../../world.ts'

/** Every destination must be a host that somebody serves, on a port that it has. */
export const destinationHost: Check = {
  codes: ['IST0101', 'IST0112'],
  run(world, report) {
    for (const view of world.virtualServices()) {
      const { namespace } = view.resource
      const exportTo = view.spec.get('exportTo').texts()
      for (const destination of everyDestination(view)) {
        const { written, part, port } = destination
        const what = destination.mirror ? 'mirror' : 'route'
        const found = world.registry().find(namespace, exportTo, written)
        if (found === null) {
          report({
            code: 'IST0101',
            at: part.exists ? part : destination.destination,
            message: `the ${what} leads to host ${JSON.stringify(written)}, which is no Service or ServiceEntry that this rule sees: requests are answered 503 NC. Correct the name, or add what serves it`,
            request: example(world, view, destination),
          })
          continue
        }
        if (port === null) {
          if (found.ports.length < 2) continue
          report({
            code: 'IST0112',
            at: destination.destination,
            message: `the ${what} leads to ${written}, which has the ports ${found.ports.join(', ')}; say which by \`port: { number: … }\``,
          })
        } else if (!found.ports.includes(port)) {
          report({
            code: 'IST0101',
            at: destination.destination.get('port', 'number'),
            message: `the ${what} leads to port ${port} of ${written}, which has only ${found.ports.join(', ') || 'no port'}: requests are answered 503 NC. Correct the number`,
            request: example(world, view, destination),
          })
        }
      }
    }
  },
}

function example(
  world: World,
  view: VirtualServiceView,
  { rule, mirror }: AnyDestination,
): ExampleRequest | null {
  if (rule === null || mirror) return null
  const [lane] = exactLanesOf(rule, world.laneHeader)
  return world.examples.find(
    meshTrials(world, view, rule.matches[0], lane ?? null),
    ({ outcome }) => outcome.kind === 'respond' && outcome.flags.includes('NC'),
  )
}
