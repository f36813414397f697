import type { Check } from '../check.ts'
import type { Part } from '../part.ts'
import { exactLanesOf, routeLaneOf } from '../model/lane-match.ts'
import { rulesByService } from '../model/route-parents.ts'
import type { ServiceView } from '../model/service.ts'
import { targetOf } from '../model/targets.ts'
import { trialsTo } from '../model/trial.ts'
import { groupBy } from '../world.ts'

/** A route to a Service that selects nothing is answered 503 UH. Subsets are IST0173's question. */
export const routeWithoutPods: Check = {
  codes: ['TL003'],
  run(world, report) {
    const inhabited = groupBy(world.workloads(), ({ resource }) => resource.namespace)
    // Where the manifests hold no workload at all, they are somewhere else.
    const isEmpty = (service: ServiceView): boolean =>
      service.selector !== null &&
      service.type !== 'ExternalName' &&
      inhabited.has(service.namespace) &&
      world.selectedBy(service).every(({ replicas }) => replicas === 0)
    const tell = (
      at: Part,
      service: ServiceView,
      request: Parameters<typeof report>[0]['request'],
    ): void =>
      report({
        code: 'TL003',
        at,
        message: `Service ${service.namespace}/${service.name} selects no pod, so that requests on this route are answered 503 UH. Deploy what it selects, or remove the route first and the Service then`,
        request: request ?? null,
      })
    for (const { http } of world.virtualServices()) {
      for (const rule of http) {
        for (const destination of rule.destinations) {
          const target = targetOf(world, destination)
          if (target === null || destination.subset !== null || !isEmpty(target.service)) continue
          const [lane] = exactLanesOf(rule, world.laneHeader)
          const trials = trialsTo(world, target, rule.matches[0], lane ?? null)
          tell(
            destination.part,
            target.service,
            world.examples.find(
              trials,
              ({ outcome }) => outcome.kind === 'respond' && outcome.flags.includes('UH'),
            ),
          )
        }
      }
    }
    for (const { service, port, rules } of rulesByService(world)) {
      for (const { rule } of rules) {
        for (const { host, part } of rule.backends) {
          const backend = world.services().get(host)
          if (backend === undefined || !isEmpty(backend)) continue
          const [match] = rule.matches
          const lane = match === undefined ? null : routeLaneOf(match, world.laneHeader)
          const trials = trialsTo(world, { service, port }, undefined, lane?.value ?? null)
          tell(
            part,
            backend,
            world.examples.find(
              trials,
              ({ outcome }) => outcome.kind === 'respond' && outcome.flags.includes('UH'),
            ),
          )
        }
      }
    }
  },
}
