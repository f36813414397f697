import type { Mesh } from '../mesh/mesh.ts'

/** Whose eyes the mesh is seen with: a workload's sidecar, or the router pod of a Gateway. */
export interface Proxy {
  readonly type: 'sidecar' | 'gateway'
  /** `deployment/test-istio/testaaa-release`, `gateway/test-istio/gateway`. */
  readonly id: string
  readonly namespace: string
  readonly name: string
  /** The pod's labels; a router pod has those that its Gateway selects. */
  readonly labels: Readonly<Record<string, string>>
}

/**
 * Every proxy of the mesh: a sidecar for each Deployment, then a router for each Gateway. Router pods are
 * rarely among the manifests, so one is taken to run in the Gateway's namespace with the labels that the
 * Gateway selects.
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
 * The proxy called `from` (`deployment/NAMESPACE/NAME` or `gateway/NAMESPACE/NAME`), or undefined
 * where the mesh has none of that name.
 */
export function findProxy(mesh: Mesh, from: string): Proxy | undefined {
  return proxies(mesh).find((proxy) => proxy.id === from)
}
