import type { Check } from '../../check.ts'
import { everyDestination } from '../../model/destinations.ts'
import { exactLanesOf } from '../../model/lane-match.ts'
import { targetOf } from '../../model/targets.ts'
import { trialsTo } from '../../model/trial.ts'

/**
 * A subset must be in some DestinationRule of the host. Istio looks in all of them, whoever sees them; whether
 * the right one has it is TL002's question.
 */
export const subsetReference: Check = {
  codes: ['IST0101'],
  run(world, report) {
    const known = new Set(
      world
        .destinationRules()
        .flatMap(({ resource, spec, subsets }) =>
          subsets.map(({ name }) =>
            subsetKey(resource.namespace, spec.get('host').text ?? '', name),
          ),
        ),
    )
    for (const view of world.virtualServices()) {
      for (const destination of everyDestination(view)) {
        const { subset, written, rule, mirror } = destination
        if (subset === null || known.has(subsetKey(view.resource.namespace, written, subset)))
          continue
        const target = targetOf(world, destination)
        const lane = rule === null ? undefined : exactLanesOf(rule, world.laneHeader)[0]
        const trials =
          target === null || rule === null || mirror
            ? []
            : trialsTo(world, target, rule.matches[0], lane ?? null)
        report({
          code: 'IST0101',
          at: destination.destination.get('subset'),
          message: `no DestinationRule for ${destination.host} has the subset ${JSON.stringify(subset)}: requests are answered 503 NC. Add it there, or remove this route`,
          request: world.examples.find(
            trials,
            ({ outcome }) => outcome.kind === 'respond' && outcome.flags.includes('NC'),
          ),
        })
      }
    }
  },
}

/** Istio compares the host of a Service by its name and namespace, any other as it is written beside its rule. */
function subsetKey(namespace: string, host: string, subset: string): string {
  const service = /^(.+)\.(.+)\.svc\.cluster\.local$/.exec(host)
  return JSON.stringify(
    service === null ? [namespace, host, subset] : [service[2], service[1], subset],
  )
}
