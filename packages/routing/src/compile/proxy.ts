import type { Mesh } from '../mesh/mesh.ts'
import type { Labels } from '../mesh/labels.ts'

/** Whose eyes the mesh is seen with: a workload's sidecar, or the router pod of a Gateway. */
export interface Proxy {
  readonly type: 'sidecar' | 'gateway'
  /** `deployment/test-istio/testaaa-release`, `gateway/test-istio/gateway`. */
  readonly id: string
  readonly namespace: string
  readonly name: string
  /** The pod's labels; a router pod has those that its Gateway selects. */
  readonly labels: Labels
  /** The pod's address, where it is known: a router's Service is found by it. */
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
 * Gateway. Router pods are rarely among the manifests, so one is taken to run in the Gateway's namespace with
 * the labels that the Gateway selects.
 */
export function proxies(mesh: Mesh): Proxy[] {
  return [
    ...mesh.workloads.map(({ id, namespace, name, labels }): Proxy => ({
      type: 'sidecar',
      id,
      namespace,
      name,
      labels,
    })),
    ...mesh.gateways.map(({ id, namespace, name, selector }): Proxy => ({
      type: 'gateway',
      id,
      namespace,
      name,
      labels: selector,
    })),
  ]
}

/**
 * The proxy called `from` (`deployment/NAMESPACE/NAME`, `statefulset/…`, `pod/…` or `gateway/…`), or
 * undefined where the mesh has none of that name; a proxy that is described need not be in the mesh.
 */
export function findProxy(mesh: Mesh, from: string | ProxyDescription): Proxy | undefined {
  if (typeof from === 'string') return proxies(mesh).find((proxy) => proxy.id === from)
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
