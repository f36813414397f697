import { selects } from '../mesh/labels.ts'
import type { Labels } from '../mesh/labels.ts'
import type { Gateway } from '../mesh/gateway.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Workload } from '../mesh/workload.ts'

/** Whose eyes the mesh is seen with: a workload's sidecar, or the router pod of a Gateway. */
export interface Proxy {
  readonly type: 'sidecar' | 'gateway'
  /** `deployment/test-istio/testaaa-release`, `gateway/test-istio/gateway`. */
  readonly id: string
  readonly namespace: string
  readonly name: string
  /** The pod's labels; a router pod that is not among the manifests has those that its Gateway selects. */
  readonly labels: Labels
  /** The pod's address, where it is known: a router's Services are found by it. */
  readonly ip?: string
}

/** A proxy that stands in no manifest. */
export interface ProxyDescription {
  /** `router`: the proxy of a gateway. */
  readonly type: 'sidecar' | 'router'
  readonly namespace: string
  /** Default: `proxy`. */
  readonly name?: string
  readonly labels?: Labels
  readonly ip?: string
}

/**
 * Every proxy of the mesh: a sidecar for each workload (Deployment, StatefulSet, Pod), then a router for each
 * Gateway. A Gateway whose selector fits no pod of its namespace is taken to have one there with the labels that
 * it selects.
 */
export function proxies(mesh: Mesh): Proxy[] {
  return [
    ...mesh.workloads.map(({ id, namespace, name, labels, address }): Proxy => ({
      type: 'sidecar',
      id,
      namespace,
      name,
      labels,
      ...(address === '' ? {} : { ip: address }),
    })),
    ...mesh.gateways
      .filter(({ services }) => services === null)
      .map((gateway) => routerOf(mesh, gateway)),
    ...mesh.routers.map(({ id, namespace, name, pod }): Proxy => ({
      type: 'gateway',
      id,
      namespace,
      name,
      labels: pod.labels,
      ip: pod.address,
    })),
  ]
}

function routerOf(mesh: Mesh, { id, namespace, name, selector }: Gateway): Proxy {
  const pod =
    Object.keys(selector).length === 0
      ? undefined
      : mesh.workloads.find(
          (one) => one.namespace === namespace && one.replicas > 0 && selects(selector, one.labels),
        )
  const labels = pod?.labels ?? selector
  return {
    type: 'gateway',
    id,
    namespace,
    name,
    labels,
    ...(pod === undefined ? {} : { ip: pod.address }),
  }
}

/**
 * The proxy called `from` (`deployment/NAMESPACE/NAME`, `statefulset/…`, `pod/…` or `gateway/…`), or
 * undefined where the mesh has none of that name; a proxy that is described need not be in the mesh. A pod of a
 * Deployment may be called by the Deployment or, as `pod/…`, by its own name: as `kubectl get pods` prints it, or with
 * `-0` behind the Deployment's.
 */
export function findProxy(mesh: Mesh, from: string | ProxyDescription): Proxy | undefined {
  if (typeof from === 'string') return findByName(mesh, from)
  const { type, namespace, name = 'proxy', labels = {}, ip } = from
  return {
    type: type === 'router' ? 'gateway' : 'sidecar',
    id: `${type}/${namespace}/${name}`,
    namespace,
    name,
    labels,
    ...(ip === undefined ? {} : { ip }),
  }
}

function findByName(mesh: Mesh, from: string): Proxy | undefined {
  const all = proxies(mesh)
  const named = all.find(({ id }) => id === from)
  if (named !== undefined || !from.startsWith('pod/')) return named
  const workload =
    mesh.workloads.find((one) => `pod/${one.namespace}/${one.podName}` === from) ??
    mesh.workloads.find((one) => isPodOf(one, from))
  return all.find(({ id }) => id === workload?.id)
}

/** Whether a controller would name a pod so (Kubernetes: names of ReplicaSets and their pods; ordinals). */
function isPodOf({ id, namespace, name }: Workload, from: string): boolean {
  const prefix = `pod/${namespace}/${name}-`
  const suffix = suffixes.get(id.slice(0, id.indexOf('/')))
  return suffix !== undefined && from.startsWith(prefix) && suffix.test(from.slice(prefix.length))
}

/** Of letters that make no words. */
const suffixes: ReadonlyMap<string, RegExp> = new Map([
  ['deployment', /^[bcdfghjklmnpqrstvwxz2456789]{1,10}-[bcdfghjklmnpqrstvwxz2456789]{5}$/],
  ['replicaset', /^[bcdfghjklmnpqrstvwxz2456789]{5}$/],
  ['statefulset', /^\d+$/],
])
