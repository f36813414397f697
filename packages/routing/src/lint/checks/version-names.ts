import type { Check } from '../check.ts'
import type { ExampleRequest } from '../finding.ts'
import type { ServiceView } from '../model/service.ts'
import { trialsTo } from '../model/trial.ts'
import type { WorkloadView } from '../model/workload.ts'
import { Part } from '../part.ts'
import type { World } from '../world.ts'

/** What Kubernetes and Istio take for a name; branches can be called otherwise. */
export const versionNames: Check = {
  codes: ['TL016', 'TL041'],
  run(world, report) {
    for (const { resource, template } of world.workloads()) {
      const label = template.get('metadata', 'labels', world.versionLabel)
      if (typeof label.value === 'string' && !isLabel(label.value))
        report({
          code: 'TL016',
          at: label,
          message: `${JSON.stringify(label.value)} is no label value: at most 63 letters, digits and - _ . with a letter or digit at both ends. Make a slug of the branch's name, with a hash where letters are lost`,
        })
      if (isName(resource.name)) continue
      report({
        code: 'TL016',
        at: Part.of(resource).get('metadata', 'name'),
        message: `${JSON.stringify(resource.name)} is no name of an object: at most 253 lower-case letters, digits, - and . with a letter or digit at both ends. Make a slug of the branch's name`,
      })
    }
    for (const service of world.services().values()) {
      for (const [version, workloads] of world.versionsOf(service)) {
        const [first, second] = workloads.filter(({ resource }) => resource.kind !== 'Pod')
        if (first === undefined || second === undefined) continue
        report({
          code: 'TL041',
          at: second.template.get('metadata', 'labels', world.versionLabel),
          message: `${first.resource.id} has version ${JSON.stringify(version)} of Service ${service.name} too: requests of the lane go to either. Two branches with one slug? Rename one`,
          request: answeredByEither(world, service, version, [first, second]),
        })
      }
    }
  },
}

/** A request of the lane that either may answer. */
function answeredByEither(
  world: World,
  service: ServiceView,
  lane: string,
  both: readonly WorkloadView[],
): ExampleRequest | null {
  const [port] = service.ports
  return port === undefined
    ? null
    : world.examples.find(
        trialsTo(world, { service, port: port.port }, undefined, lane),
        ({ outcome, route }) =>
          outcome.kind === 'forward' &&
          route?.origin !== null &&
          both.every(({ resource }) =>
            outcome.endpoints.some(({ workload }) => workload === resource.name),
          ),
      )
}

function isLabel(value: string): boolean {
  return value.length <= 63 && /^([A-Za-z0-9]([-_.A-Za-z0-9]*[A-Za-z0-9])?)?$/.test(value)
}

function isName(name: string): boolean {
  return (
    name.length <= 253 &&
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name)
  )
}
