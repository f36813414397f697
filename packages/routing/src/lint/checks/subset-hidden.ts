import { isWildcard } from '../../mesh/host.ts'
import type { Check } from '../check.ts'
import { everyDestination } from '../model/destinations.ts'
import { exactLanesOf } from '../model/lane-match.ts'
import { targetOf } from '../model/targets.ts'
import { trialsTo } from '../model/trial.ts'
import { groupBy } from '../world.ts'

/**
 * The nearest DestinationRule decides and hides the others: the caller's namespace, the Service's, the root's
 * (istio: push_context.go, destinationRule). IST0101 is content if any of them has the subset.
 */
export const subsetHidden: Check = {
  codes: ['TL002'],
  run(world, report) {
    const wildcards = world.destinationRules().filter(({ host }) => isWildcard(host))
    const callers = groupBy(world.mesh.workloads, ({ namespace }) => namespace)
    for (const view of world.virtualServices()) {
      for (const destination of everyDestination(view)) {
        const { subset, host, rule, mirror } = destination
        const target = targetOf(world, destination)
        if (subset === null || target === null || rule === null || mirror) continue
        const own = world.destinationRulesByHost().get(host) ?? []
        const having = own.find(({ subsets }) => subsets.some(({ name }) => name === subset))
        if (having === undefined) continue
        const rules = [...own, ...wildcards.filter((one) => host.endsWith(one.host.slice(1)))]
        // One rule beside its Service is seen by all.
        const home = target.service.namespace
        if (rules.length === 1 && having.resource.namespace === home) continue
        const namespaces = new Set([...rules.map(({ resource }) => resource.namespace), home])
        const [lane] = exactLanesOf(rule, world.laneHeader)
        const [trial] = trialsTo(world, target, rule.matches[0], lane ?? null)
        if (trial === undefined) continue
        const trials = [
          ...namespaces,
          ...[...callers.keys()].filter((one) => !namespaces.has(one)).slice(0, 1),
        ]
          .flatMap((namespace) => callers.get(namespace)?.slice(0, 1) ?? [])
          .map(({ id }) => Object.assign({}, trial, { from: id }))
        const request = world.examples.find(
          trials,
          ({ outcome }) => outcome.kind === 'respond' && outcome.flags.includes('NC'),
        )
        if (request === null) continue
        report({
          code: 'TL002',
          at: destination.destination.get('subset'),
          message: `${request.from} does not see ${having.resource.id}, which has the subset ${JSON.stringify(subset)}: another DestinationRule is nearer, or this one is not exported to it. 503 NC; put the subset into the nearer one, or remove that`,
          request,
        })
      }
    }
  },
}
