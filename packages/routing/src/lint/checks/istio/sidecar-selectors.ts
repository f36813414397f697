import type { Resource } from '../../../manifest/resource.ts'
import type { Check } from '../../check.ts'
import { isAmbient, namespaceLabels } from '../../model/injection.ts'
import { selectorText } from '../../model/pods.ts'
import type { PodView } from '../../model/pods.ts'
import { Part } from '../../part.ts'
import { istio, push } from '../../world.ts'

/** One Sidecar a pod, and one without a selector a namespace. */
export const sidecarSelectors: Check = {
  codes: ['IST0101', 'IST0110', 'IST0111', 'IST0167'],
  run(world, report) {
    const byPod = new Map<PodView, Resource[]>()
    const byNamespace = new Map<string, Resource[]>()
    for (const sidecar of world.of(istio, 'Sidecar')) {
      const selector = Part.of(sidecar).get('spec', 'workloadSelector', 'labels')
      if (Object.keys(selector.labels()).length === 0) {
        push(byNamespace, sidecar.namespace, sidecar)
        continue
      }
      const pods = world.pods().selectedBy(selector.labels(), sidecar.namespace)
      for (const pod of pods) push(byPod, pod, sidecar)
      if (pods.length > 0) continue
      report({
        code: 'IST0101',
        at: selector,
        message: `no pod of namespace ${sidecar.namespace} has the labels ${selectorText(selector.labels())}; correct the selector`,
      })
    }
    const ineffective = new Set<Resource>()
    const tellIneffective = (sidecar: Resource, why: string): void => {
      if (ineffective.has(sidecar)) return
      ineffective.add(sidecar)
      report({
        code: 'IST0167',
        at: Part.of(sidecar).get('kind'),
        message: `${why} is in ambient mode and has no sidecar that this could configure; remove it`,
      })
    }
    const told = new Set<string>()
    for (const [{ name, template, resource }, sidecars] of byPod) {
      const redirection = template.get(
        'metadata',
        'annotations',
        'ambient.istio.io/redirection',
      ).text
      for (const sidecar of sidecars) {
        if (redirection === 'enabled') tellIneffective(sidecar, `pod ${name}`)
        else if (sidecars.length > 1) {
          const key = `${sidecar.id} ${resource.id}`
          if (told.has(key)) continue
          told.add(key)
          report({
            code: 'IST0110',
            at: Part.of(sidecar).get('metadata', 'name'),
            message: `pod ${name} is selected by ${sidecars
              .map((one) => one.name)
              .toSorted()
              .join(', ')}, of which one counts; select each pod by one Sidecar`,
          })
        }
      }
    }
    for (const [namespace, sidecars] of byNamespace) {
      if (isAmbient(namespaceLabels(world, namespace))) {
        for (const sidecar of sidecars) tellIneffective(sidecar, `namespace ${namespace}`)
      } else if (sidecars.length > 1) {
        for (const sidecar of sidecars) {
          report({
            code: 'IST0111',
            at: Part.of(sidecar).get('metadata', 'name'),
            message: `namespace ${namespace} has several Sidecars without a selector (${sidecars
              .map((one) => one.name)
              .toSorted()
              .join(', ')}), of which one counts; keep one`,
          })
        }
      }
    }
  },
}
