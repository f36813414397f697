import type { Check } from '../../check.ts'
import { hasSidecar, injectionOf } from '../../model/injection.ts'
import { injectorName, injectors } from '../../model/injector.ts'
import { Part } from '../../part.ts'

/** Which namespaces and pods get a sidecar. */
export const injection: Check = {
  codes: ['IST0102', 'IST0103', 'IST0123', 'IST0148'],
  run(world, report) {
    const injected = new Set<string>()
    const byDefault = injectors(world).get(injectorName(null))?.byDefault ?? false
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
        if (byDefault) {
          report({
            code: 'IST0148',
            at: Part.of(namespace).get('metadata', 'name'),
            message: `says nothing about sidecars, and gets them, as Istio is installed with enableNamespacesByDefault. Label it istio-injection=enabled, or =disabled, so that everybody sees it`,
          })
          continue
        }
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
