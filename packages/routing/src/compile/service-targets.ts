import { selects } from '../mesh/labels.ts'
import { targetPortOf } from '../mesh/instances.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Service } from '../mesh/service.ts'
import type { Proxy } from './proxy.ts'

/** A port of a Service that leads to a pod. */
export interface ServiceTarget {
  readonly service: Service
  readonly port: number
  readonly targetPort: number
}

/** The Services that lead to a router pod, and where (istio: GetProxyServiceTargets). */
export function serviceTargets(mesh: Mesh, proxy: Proxy): ServiceTarget[] {
  const pod = mesh.workloads.find(({ address }) => address !== '' && address === proxy.ip)
  const { namespace, labels } = pod ?? proxy
  return mesh.services.flatMap((service) => {
    const { selector } = service
    if (service.namespace !== namespace || service.registry !== 'kubernetes') return []
    if (selector === null || !selects(selector, labels)) return []
    return service.ports.flatMap((port): ServiceTarget[] => {
      // Of a pod that nobody has written down no names of ports are known.
      const found = pod === undefined ? Number(port.targetPort) || 0 : targetPortOf(pod, port)
      return found === null ? [] : [{ service, port: port.port, targetPort: found }]
    })
  })
}

/** The pod's port behind a Service's; null where none has it. */
export function targetPortFor(targets: readonly ServiceTarget[], port: number): number | null {
  return targets.find((one) => one.port === port)?.targetPort ?? null
}
