import type { Check } from '../../check.ts'
import { hasSidecar, injectionOf } from '../../model/injection.ts'
import { Part } from '../../part.ts'

/** Which namespaces and pods get a sidecar. */
export const injection: Check = {
  codes: ['IST0102', 'IST0103', 'IST0123'],
  run(world, report) {
    const injected = new Set<string>()
    for (const namespace of world.namespaces().values()) {
      const { name, labels } = namespace
      if (name === 'istio-system') continue
      const at = Part.of(namespace).get('metadata', 'labels')
      const legacy = labels['istio-injection']
      const others = ['istio.io/rev', 'istio.io/dataplane-mode'].filter((key) =>
        Object.hasOwn(labels, key),
      )
      const count =
        legacy === undefined ? others.length : 1 + (legacy === 'enabled' ? others.length : 0)
      if (count > 1) {
        report({
          code: 'IST0123',
          at,
          message: `has more than one of the labels istio-injection, ${others.join(', ')}, which contradict each other; keep one`,
        })
      }
      if (labels['istio.io/dataplane-mode'] === 'ambient') continue
      if ((legacy ?? '') === '' && labels['istio.io/rev'] === undefined) {
        report({
          code: 'IST0102',
          at: Part.of(namespace).get('metadata', 'name'),
          message: `does not say whether its pods get a sidecar: without one no lane is routed from here. Label it istio-injection=enabled, or =disabled`,
        })
      } else if (legacy === 'enabled') injected.add(name)
    }
    for (const pod of world.pods().all) {
      // What a workload makes, the webhook injects.
      if (!pod.written || !injected.has(pod.namespace)) continue
      const { template } = pod
      if (injectionOf(template)?.toLowerCase() === 'false') continue
      if (template.get('spec', 'hostNetwork').value === true) continue
      if (hasSidecar(template, ['containers', 'initContainers'])) continue
      report({
        code: 'IST0103',
        at: Part.of(pod.resource).get('metadata', 'name'),
        message: `has no sidecar, though its namespace asks for one: no rule holds for what it sends. Make it anew, so that the webhook adds it`,
      })
    }
  },
}
