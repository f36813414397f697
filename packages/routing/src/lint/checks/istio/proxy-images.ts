import { dig } from '../../../manifest/dig.ts'
import { isRecord } from '../../../manifest/read.ts'
import type { Resource } from '../../../manifest/resource.ts'
import { selects } from '../../../mesh/labels.ts'
import type { Check } from '../../check.ts'
import { injectorName, injectors } from '../../model/injector.ts'
import type { PodView } from '../../model/pods.ts'
import { Part } from '../../part.ts'
import { push } from '../../world.ts'
import type { World } from '../../world.ts'

/** Pods that were made before Istio was updated run the sidecar of then. */
export const proxyImages: Check = {
  codes: ['IST0158'],
  run(world, report) {
    const known = injectors(world)
    if (known.size === 0) return
    const wrong = new Map<string, string[]>()
    for (const pod of world.pods().all) {
      const labels = world.namespaces().get(pod.namespace)?.labels ?? {}
      const revision = labels['istio.io/rev']
      if (!pod.written || (revision === undefined && labels['istio-injection'] !== 'enabled'))
        continue
      if (pod.template.get('metadata', 'annotations', 'sidecar.istio.io/proxyImage').text !== null)
        continue
      const image = known.get(injectorName(revision ?? null))?.image ?? null
      if (image === null) continue
      const wanted = new Set([image, `${image}-${variantOf(world, pod)}`])
      for (const one of sidecarsOf(pod))
        if (!wanted.has(one.get('image').text ?? '')) push(wrong, pod.namespace, pod.name)
    }
    for (const [name, pods] of wrong) {
      const namespace = world.namespaces().get(name)
      if (namespace === undefined) continue
      report({
        code: 'IST0158',
        at: Part.of(namespace).get('metadata', 'name'),
        message: `${pods.toSorted().join(', ')} run another sidecar than the webhook adds now; restart them, so that they get it`,
      })
    }
  },
}

function sidecarsOf({ template }: PodView): Part[] {
  return ['containers', 'initContainers'].flatMap((list) =>
    template
      .get('spec', list)
      .list()
      .filter((one) => one.get('name').text === 'istio-proxy'),
  )
}

/**
 * The variant of the image that the pod is meant to run: the pod's own annotation before a ProxyConfig for the pod, for its
 * namespace and for the mesh, and those before the MeshConfig.
 */
function variantOf(world: World, { namespace, labels, template }: PodView): string {
  const { rootNamespace, proxyImageType } = world.mesh.config
  let variant = proxyImageType
  const take = (value: unknown): void => {
    if (typeof value === 'string' && value !== '') variant = value
  }
  const configs = world.of('networking.istio.io', 'ProxyConfig')
  for (const one of configs) if (one.namespace === rootNamespace) take(typeOf(one))
  const own = configs.filter((one) => one.namespace === namespace && namespace !== rootNamespace)
  for (const one of own) if (dig(one.body, 'spec', 'selector') === undefined) take(typeOf(one))
  for (const one of own) {
    const selector = dig(one.body, 'spec', 'selector', 'matchLabels')
    if (isRecord(selector) && selects(textsOf(selector), labels)) take(typeOf(one))
  }
  const written = template.get('metadata', 'annotations', 'proxy.istio.io/config').text ?? ''
  // One field of a small YAML text.
  take(/imageType['"]?:\s*['"]?([\w.-]+)/.exec(written)?.[1])
  return variant === null || variant === 'default' ? '' : variant
}

function typeOf({ body }: Resource): unknown {
  return dig(body, 'spec', 'image', 'imageType')
}

function textsOf(record: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, String(value)]))
}
