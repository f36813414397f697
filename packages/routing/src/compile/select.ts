import type { Mesh } from '../mesh/mesh.ts'
import type { VirtualService } from '../mesh/virtual-service.ts'

/**
 * The VirtualServices of a gateway (or `mesh`) that proxies in `namespace` see, in the order in which they
 * win: those of the namespace for itself alone, those exported to it by name, the public ones; in each the
 * oldest first, but Gateway API routes of the namespace itself before all others
 * (istio: push_context.go, initVirtualServices; virtualservice.go, SelectVirtualServices).
 */
export function selectVirtualServices(
  mesh: Mesh,
  gateway: string,
  namespace: string,
): VirtualService[] {
  const own: VirtualService[] = []
  const exported: VirtualService[] = []
  const everywhere: VirtualService[] = []
  for (const service of boundTo(mesh, gateway)) {
    const { visibility } = service
    if (visibility.everywhere) everywhere.push(service)
    else if (visibility.namespaces.includes(namespace)) {
      if (service.namespace === namespace) own.push(service)
      else exported.push(service)
    }
  }
  const isConsumer = (one: VirtualService): boolean =>
    one.semantics === 'gateway-api' && one.namespace === namespace
  return [own, exported, everywhere].flatMap((services) =>
    services.toSorted((a, b) => Number(isConsumer(b)) - Number(isConsumer(a))),
  )
}

function boundTo(mesh: Mesh, gateway: string): readonly VirtualService[] {
  let byGateway = indexes.get(mesh)
  if (byGateway === undefined) {
    byGateway = new Map<string, VirtualService[]>()
    for (const service of mesh.virtualServices) {
      for (const name of new Set(service.gateways)) {
        const known = byGateway.get(name)
        if (known === undefined) byGateway.set(name, [service])
        else known.push(service)
      }
    }
    indexes.set(mesh, byGateway)
  }
  return byGateway.get(gateway) ?? []
}

/** A mesh never changes. */
const indexes = new WeakMap<Mesh, Map<string, VirtualService[]>>()
