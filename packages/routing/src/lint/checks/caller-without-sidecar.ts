import type { Check } from '../check.ts'
import { hasSidecar, injectionOf, namespaceLabels } from '../model/injection.ts'
import { serviceUrl } from '../examples.ts'
import type { Part } from '../part.ts'
import type { World } from '../world.ts'

/** Lanes are the caller's sidecar's work: without one, kube-proxy picks any pod of the Service. */
export const callerWithoutSidecar: Check = {
  codes: ['TL017'],
  run(world, report) {
    const lanes = world.laneHosts()
    for (const { workload, service, port, part } of world.mentions()) {
      const target = lanes.get(service.host)
      if (target === undefined || !isOutside(world, workload.template, workload.resource.namespace))
        continue
      if (world.versionsOf(service).size < 2) continue
      report({
        code: 'TL017',
        at: part,
        message: `calls ${service.name}, which has lanes, without a sidecar: whatever its lane, kube-proxy picks any version. Let it be injected, or give the lanes Services of their own`,
        request: world.examples.find(
          [{ from: 'outside', url: serviceUrl(service, port), lane: target.lane }],
          ({ outcome }) => outcome.kind === 'passthrough' && outcome.endpoints.length > 1,
        ),
      })
    }
  },
}

/** Whether the manifests say that the pods get no sidecar; where they do not say, they may. */
function isOutside(world: World, template: Part, namespace: string): boolean {
  if (hasSidecar(template, ['containers', 'initContainers'])) return false
  const said = injectionOf(template)
  if (said !== null) return said.toLowerCase() === 'false'
  if (!world.namespaces().has(namespace)) return false
  const labels = namespaceLabels(world, namespace)
  return (
    labels['istio-injection'] !== 'enabled' &&
    (labels['istio.io/rev'] ?? '') === '' &&
    labels['istio.io/dataplane-mode'] !== 'ambient'
  )
}
