import type { Mesh } from '../mesh/mesh.ts'
import type { VirtualService } from '../mesh/virtual-service.ts'

/**
 * The VirtualServices of a gateway (or `mesh`) that proxies in `namespace` see, in the order in which they
 * win: those of the namespace for itself alone, those exported to it by name, the public ones; in each the
 * oldest first (istio: push_context.go, initVirtualServices; virtualservice.go, SelectVirtualServices).
 */
export function selectVirtualServices(
  { virtualServices }: Mesh,
  gateway: string,
  namespace: string,
): VirtualService[] {
  const own: VirtualService[] = []
  const exported: VirtualService[] = []
  const everywhere: VirtualService[] = []
  for (const service of virtualServices) {
    if (!service.gateways.includes(gateway)) continue
    const { visibility } = service
    if (visibility.everywhere) everywhere.push(service)
    else if (visibility.namespaces.includes(namespace)) {
      if (service.namespace === namespace) own.push(service)
      else exported.push(service)
    }
  }
  return [...own, ...exported, ...everywhere]
}
