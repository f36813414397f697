import { proxies } from '@traffic-lanes/routing'
import type { Mesh, Proxy, Resource } from '@traffic-lanes/routing'

/** Proxies that are configured alike, so that one stands for all; or the clients without one. */
export interface Caller {
  readonly kind: 'sidecar' | 'router' | 'outside'
  /** The one that is asked; null: nobody decides, the client has no proxy. */
  readonly proxy: Proxy | null
  /** `deployment/test-istio/testaaa-release`, …; empty for `outside`. */
  readonly members: readonly string[]
}

/** Clients without a proxy. */
export const outside: Caller = { kind: 'outside', proxy: null, members: [] }

/**
 * Everybody who can call: the sidecars, then the routers of Gateways, then `outside`. What istiod makes for a
 * proxy depends on its namespace and on those of its labels that some rule selects by; proxies that have both
 * in common are one caller.
 */
export function callersOf(mesh: Mesh, resources: readonly Resource[]): Caller[] {
  const keys = selectedKeys(resources)
  const groups = new Map<string, { proxy: Proxy; members: string[] }>()
  for (const proxy of proxies(mesh)) {
    const key = proxyClass(proxy, keys)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { proxy, members: [proxy.id] })
    else group.members.push(proxy.id)
  }
  const callers = [...groups.values()].map(({ proxy, members }): Caller => ({
    kind: proxy.type === 'gateway' ? 'router' : 'sidecar',
    proxy,
    members,
  }))
  return [...callers, outside]
}

/** The same for proxies that are configured alike. */
export function proxyClass({ type, namespace, labels }: Proxy, keys: readonly string[]): string {
  // A Gateway selects by any of them.
  const relevant = type === 'gateway' ? Object.keys(labels).toSorted() : keys
  return JSON.stringify([type, namespace, relevant.map((key) => [key, labels[key] ?? null])])
}

/** The labels by which rules tell one calling pod from another (Istio: sourceLabels, workloadSelector). */
export function selectedKeys(resources: readonly Resource[]): string[] {
  const keys = new Set<string>()
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, below] of Object.entries(value)) {
      if (key === 'sourceLabels' || key === 'workloadSelector') addKeys(below)
      else collect(below)
    }
  }
  const addKeys = (selector: unknown): void => {
    if (typeof selector !== 'object' || selector === null) return
    for (const [key, value] of Object.entries(selector)) {
      if (typeof value === 'string') keys.add(key)
      else addKeys(value)
    }
  }
  for (const { apiVersion, body } of resources)
    if (apiVersion.startsWith('networking.istio.io/')) collect(body)
  return [...keys].toSorted()
}
