import type { Resource } from '../../manifest/resource.ts'
import { selects } from '../../mesh/labels.ts'
import type { Labels } from '../../mesh/labels.ts'
import { Part } from '../part.ts'
import { groupBy, push } from '../world.ts'
import type { World } from '../world.ts'
import type { GatewayView } from './gateway.ts'
import type { WorkloadView } from './workload.ts'

/** A pod, or the one that stands for all of a workload. */
export interface PodView {
  readonly name: string
  readonly namespace: string
  readonly labels: Labels
  /** What makes it: the place for findings about it. */
  readonly resource: Resource
  /** `metadata` and `spec` of the pod. */
  readonly template: Part
  /** Written out as a Pod, and not made by a workload: no webhook will add a sidecar. */
  readonly written: boolean
}

/**
 * The pods of the manifests. A workload that asks for replicas is one pod. Manifests without a router of their
 * own (a pod with a label `istio`, or of the injection template `gateway`) are for a cluster that has one: each
 * Istio Gateway is then taken to be configured on a pod of its namespace, behind a Service with its ports.
 */
export class Pods {
  readonly all: readonly PodView[]
  /** Whether the manifests hold routers: if not, what Gateways select is no question for them. */
  readonly hasRouters: boolean
  readonly #byLabel = new Map<string, PodView[]>()
  readonly #byNamespace: ReadonlyMap<string, readonly PodView[]>

  constructor(world: World) {
    const own = world
      .workloads()
      .filter(({ replicas }) => replicas > 0)
      .map((workload) => toPod(workload))
    this.hasRouters = own.some(isRouter)
    const routers = this.hasRouters
      ? []
      : [...world.gateways().values()].map((one) => routerOf(one))
    this.all = [...own, ...routers]
    this.#byNamespace = groupBy(this.all, ({ namespace }) => namespace)
    for (const pod of this.all) {
      for (const [key, value] of Object.entries(pod.labels))
        push(this.#byLabel, `${key}=${value}`, pod)
    }
  }

  /** The pods that a selector fits; an empty one fits all. */
  selectedBy(labels: Labels, namespace: string | null = null): readonly PodView[] {
    return this.#candidates(labels, namespace).filter(
      (pod) => (namespace === null || pod.namespace === namespace) && selects(labels, pod.labels),
    )
  }

  /** Whether a selector fits any pod. */
  some(labels: Labels): boolean {
    return this.#candidates(labels, null).some((pod) => selects(labels, pod.labels))
  }

  /** The shortest list that holds them all. */
  #candidates(labels: Labels, namespace: string | null): readonly PodView[] {
    let shortest = namespace === null ? this.all : (this.#byNamespace.get(namespace) ?? [])
    for (const [key, value] of Object.entries(labels)) {
      const list = this.#byLabel.get(`${key}=${value}`) ?? []
      if (list.length < shortest.length) shortest = list
    }
    return shortest
  }
}

function isRouter({ labels, template }: PodView): boolean {
  const templates = template.get('metadata', 'annotations', 'inject.istio.io/templates').text
  return Object.hasOwn(labels, 'istio') || templates === 'gateway'
}

/** The pod that a Gateway is taken to be configured on. */
function routerOf({ resource, selector }: GatewayView): PodView {
  return {
    name: `${resource.name}-router`,
    namespace: resource.namespace,
    labels: selector,
    resource,
    template: Part.of(resource).get('status', 'router'),
    written: false,
  }
}

function toPod({ resource, template, labels }: WorkloadView): PodView {
  const written = resource.kind === 'Pod'
  const name = written ? resource.name : `${resource.name}-0`
  return { name, namespace: resource.namespace, labels, resource, template, written }
}

/** A selector as Kubernetes prints it: `a=b,c=d`, by name. */
export function selectorText(labels: Labels): string {
  return Object.keys(labels)
    .toSorted()
    .map((key) => `${key}=${labels[key]}`)
    .join(',')
}
