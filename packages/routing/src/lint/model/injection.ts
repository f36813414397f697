import type { Labels } from '../../mesh/labels.ts'
import type { Part } from '../part.ts'
import type { World } from '../world.ts'

/**
 * Whether the pods of a template are in the mesh, as Istio's analyzers see it: a sidecar that is there, the
 * pod's own label or annotation, the namespace's label (istio: analysis/analyzers/util/in_mesh.go).
 */
export function isInMesh(world: World, template: Part, namespace: string): boolean {
  if (hasSidecar(template, ['containers'])) return true
  const said = injectionOf(template)
  if (said !== null) return said === 'true'
  return namespaceLabels(world, namespace)['istio-injection'] === 'enabled'
}

/** Whether Istio's webhook adds a sidecar to the pods of a template. */
export function isInjected(world: World, template: Part, namespace: string): boolean {
  if (template.get('spec', 'hostNetwork').value === true) return false
  const said = injectionOf(template)
  if (said !== null) return said.toLowerCase() !== 'false'
  const labels = namespaceLabels(world, namespace)
  return labels['istio-injection'] === 'enabled' || (labels['istio.io/rev'] ?? '') !== ''
}

/** `sidecar.istio.io/inject` of a pod: its label, else its annotation; null: it says nothing. */
export function injectionOf(template: Part): string | null {
  for (const place of ['labels', 'annotations']) {
    const { value } = template.get('metadata', place, 'sidecar.istio.io/inject')
    if (typeof value === 'string') return value
  }
  return null
}

/** Whether a container `istio-proxy` stands in these lists. */
export function hasSidecar(template: Part, lists: readonly string[]): boolean {
  return lists.some((list) =>
    template
      .get('spec', list)
      .list()
      .some((one) => one.get('name').text === 'istio-proxy' && one.get('image').text !== null),
  )
}

/** The labels of a namespace; none where the manifests do not hold it. */
export function namespaceLabels(world: World, namespace: string): Labels {
  return world.namespaces().get(namespace)?.labels ?? {}
}

/** Whether a namespace is in ambient mode (istio: in_mesh.go, NamespaceInAmbientMode). */
export function isAmbient(labels: Labels): boolean {
  if (labels['istio-injection'] === 'enabled' || (labels['istio.io/rev'] ?? '') !== '') return false
  return labels['istio.io/dataplane-mode'] === 'ambient'
}
