import type { Check } from '../check.ts'
import { serviceUrl } from '../examples.ts'
import { exportedTo, isVisibleIn } from '../../mesh/visibility.ts'
import { Part } from '../part.ts'
import { istio } from '../world.ts'

/** A caller that its rule is kept from, by `exportTo` or by its own Sidecar. */
export const ruleHiddenFromCaller: Check = {
  codes: ['TL037'],
  run(world, report) {
    const lanes = world.laneHosts()
    const told = new Set<string>()
    for (const { workload, service, port } of world.mentions()) {
      const found = lanes.get(service.host)
      const { namespace } = workload.resource
      if (found === undefined || told.has(`${namespace} ${service.host}`)) continue
      const { view, rule, lane } = found
      const exportTo = view.spec.get('exportTo')
      const hidden = !isVisibleIn(
        exportedTo(
          exportTo.texts(),
          view.resource.namespace,
          world.mesh.config.defaultVirtualServiceExportTo,
        ),
        namespace,
      )
      const sidecar = world.of(istio, 'Sidecar').find((one) => one.namespace === namespace)
      if (!hidden && sidecar === undefined) continue
      const wanted = new Set(rule.destinations.map(({ subset }) => subset))
      const request = world.examples.find(
        [{ from: workload.id, url: serviceUrl(service, port), lane }],
        ({ outcome }) => !('subset' in outcome) || !wanted.has(outcome.subset),
      )
      if (request === null) continue
      told.add(`${namespace} ${service.host}`)
      report(
        hidden || sidecar === undefined
          ? {
              code: 'TL037',
              at: exportTo,
              message: `${workload.resource.id} calls ${service.name}, and this rule is not exported to ${namespace}: it gets any version. Add ${namespace} to exportTo`,
              request,
            }
          : {
              code: 'TL037',
              at: Part.of(sidecar).get('spec', 'egress'),
              message: `${workload.resource.id} calls ${service.name}, and these hosts do not hold it or its rule: its lanes are lost. Add ${service.namespace}/${service.host}`,
              request,
            },
      )
    }
  },
}
