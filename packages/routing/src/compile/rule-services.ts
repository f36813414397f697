import type { Destination } from '../mesh/destination.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Service } from '../mesh/service.ts'
import { isVisibleIn } from '../mesh/visibility.ts'
import type { VirtualService } from '../mesh/virtual-service.ts'
import type { EgressScope } from './sidecar-scope.ts'
import { withPortOf } from './sidecar-scope.ts'

/**
 * The Services that an entry's rules send to, whether it names them or not: they get clusters too
 * (istio: pilot/pkg/model/sidecar.go, collectImportedServices).
 */
export function* servicesOfRules(
  mesh: Mesh,
  entry: EgressScope,
  namespace: string,
): Generator<Service> {
  for (const virtualService of entry.virtualServices) {
    for (const [host, ports] of destinations(virtualService, namespace)) {
      const service = pickService(mesh, host, namespace)
      if (service === null) continue
      const seen =
        entry.port !== null && entry.port.number !== 0 && entry.port.protocol !== 'http-proxy'
          ? withPortOf(service, entry)
          : withPorts(service, ports)
      if (seen !== null) yield seen
    }
  }
}

/** Hosts with the ports that are named; null among them: a destination without a port. */
function destinations(
  { http, tcp, tls }: VirtualService,
  namespace: string,
): Map<string, Set<number | null>> {
  const found = new Map<string, Set<number | null>>()
  const add = ({ host, port }: Destination): void => {
    const ports = found.get(host) ?? new Set<number | null>()
    found.set(host, ports.add(port))
  }
  for (const { matches, action } of http) {
    const sources = matches.flatMap(({ sourceNamespace }) => sourceNamespace ?? [])
    if (sources.length > 0 && !sources.includes(namespace)) continue
    if (action.kind !== 'forward') continue
    for (const destination of [...action.destinations, ...action.mirrors]) add(destination)
  }
  for (const rule of [...tcp, ...tls]) rule.destinations.forEach(add)
  return found
}

/** The caller's own, else Kubernetes' own, else the oldest (istio: sidecar.go, pickBestVisibleNamespace). */
function pickService({ servicesByHost }: Mesh, host: string, namespace: string): Service | null {
  const byNamespace = servicesByHost.get(host)
  const own = byNamespace?.get(namespace)
  if (own !== undefined) return own
  const visible = [...(byNamespace?.values() ?? [])].filter(({ visibility }) =>
    isVisibleIn(visibility, namespace),
  )
  const kubernetes = visible.find(({ registry }) => registry === 'kubernetes')
  if (kubernetes !== undefined) return kubernetes
  return visible.reduce<Service | null>(
    (oldest, one) => (oldest === null || one.createdAt < oldest.createdAt ? one : oldest),
    null,
  )
}

function withPorts(service: Service, ports: ReadonlySet<number | null>): Service | null {
  if (ports.has(null)) return service
  const named = service.ports.filter(({ port }) => ports.has(port))
  if (named.length === service.ports.length) return service
  return named.length === 0 ? null : { ...service, ports: named }
}
