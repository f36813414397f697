import { dig } from '../manifest/dig.ts'
import type { Resource } from '../manifest/resource.ts'
import type { Labels } from './labels.ts'

/**
 * Whether the manifests say that the pods of a workload have no proxy of the mesh. Where they do not say, the pods are
 * taken to have one: many label their namespaces by hand (istio: pkg/kube/inject/inject.go, injectRequired).
 *
 * @param declared the labels of the namespaces that stand among the manifests
 */
export function isOutOfMesh(resource: Resource, declared: ReadonlyMap<string, Labels>): boolean {
  const template = templateOf(resource)
  if (hasContainer(template, 'containers') || hasContainer(template, 'initContainers')) return false
  if (dig(template, 'spec', 'hostNetwork') === true) return true
  const said =
    dig(template, 'metadata', 'labels', inject) ?? dig(template, 'metadata', 'annotations', inject)
  if (typeof said === 'string') return said.toLowerCase() === 'false'
  const labels = declared.get(resource.namespace)
  return (
    labels !== undefined &&
    labels['istio-injection'] !== 'enabled' &&
    (labels['istio.io/rev'] ?? '') === '' &&
    labels['istio.io/dataplane-mode'] !== 'ambient'
  )
}

/** Whether a pod asks for the proxy of a gateway, by the template that makes one. */
export function isGatewayPod(resource: Resource): boolean {
  const key = 'inject.istio.io/templates'
  const templates = dig(templateOf(resource), 'metadata', 'annotations', key)
  return typeof templates === 'string' && templates.split(',').includes('gateway')
}

/**
 * Whether the sidecar takes connections to this port; annotations of the pod can send them past it
 * (istio.io/docs/reference/config/annotations, traffic.sidecar.istio.io).
 */
export function isCaptured(resource: Resource, port: number): boolean {
  const annotation = (name: string): string | null => {
    const value = dig(templateOf(resource), 'metadata', 'annotations', name)
    return typeof value === 'string' ? value : null
  }
  const included = annotation('traffic.sidecar.istio.io/includeInboundPorts') ?? '*'
  const excluded = annotation('traffic.sidecar.istio.io/excludeInboundPorts') ?? ''
  const lists = (text: string): boolean =>
    text.split(',').some((one) => one.trim() === String(port) || one.trim() === '*')
  return lists(included) && !lists(excluded)
}

const inject = 'sidecar.istio.io/inject'

function hasContainer(template: unknown, list: string): boolean {
  const containers = dig(template, 'spec', list)
  return (
    Array.isArray(containers) &&
    containers.some((one) => dig(one, 'name') === 'istio-proxy' && dig(one, 'image') !== undefined)
  )
}

/** The template of a controller's pods; a Pod is its own. */
function templateOf({ kind, body }: Resource): unknown {
  return kind === 'Pod' ? body : dig(body, 'spec', 'template')
}
