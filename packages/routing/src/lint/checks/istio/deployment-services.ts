import { selects } from '../../../mesh/labels.ts'
import type { Check } from '../../check.ts'
import { isWaypoint } from '../../model/control-plane.ts'
import { isInMesh } from '../../model/injection.ts'
import type { ServiceView } from '../../model/service.ts'
import type { WorkloadView } from '../../model/workload.ts'
import { Part } from '../../part.ts'
import { groupBy, push } from '../../world.ts'

/** The Services of one Deployment agree on what its ports are. */
export const deploymentServices: Check = {
  codes: ['IST0116', 'IST0137'],
  run(world, report) {
    const services = groupBy(
      [...world.services().values()].filter(({ selector }) => selector !== null),
      ({ namespace }) => namespace,
    )
    // A Service finds its Deployments by one label, so that not every pair of them is looked at.
    const matching = new Map<WorkloadView, ServiceView[]>()
    for (const service of [...services.values()].flat()) {
      for (const workload of world.selectedBy(service)) {
        if (
          workload.resource.kind === 'Deployment' &&
          selects(service.selector ?? {}, workload.labels)
        )
          push(matching, workload, service)
      }
    }
    for (const [{ resource, template }, found] of matching) {
      if (found.length < 2 || isWaypoint(resource.labels)) continue
      if (!isInMesh(world, template, resource.namespace)) continue
      const at = Part.of(resource).get('metadata', 'name')
      for (const { port, transports, names } of byPort(found)) {
        if (transports.size < 2) continue
        report({
          code: 'IST0116',
          at,
          message: `the Services ${names.join(', ')} give port ${port} of it different transports (${[...transports].join(', ')}); let them agree`,
        })
      }
      for (const { target, ports, names } of byTarget(found)) {
        if (ports.size < 2) continue
        report({
          code: 'IST0137',
          at,
          message: `the Services ${names.join(', ')} lead to its port ${target} by different ports (${[...ports].join(', ')}), of which the sidecar can know one; use one number`,
        })
      }
    }
  },
}

function byPort(services: readonly ServiceView[]) {
  const ports = new Map<number, { port: number; transports: Set<string>; names: string[] }>()
  for (const { name, ports: list } of services) {
    for (const { port, part } of list) {
      const entry = ports.get(port) ?? { port, transports: new Set(), names: [] }
      entry.transports.add(part.get('protocol').text ?? 'TCP')
      entry.names.push(name)
      ports.set(port, entry)
    }
  }
  return ports.values()
}

function byTarget(services: readonly ServiceView[]) {
  const targets = new Map<string, { target: string; ports: Set<number>; names: string[] }>()
  for (const { name, ports } of services) {
    for (const { port, part } of ports) {
      const target = targetOf(part.get('targetPort').value, port)
      const entry = targets.get(target) ?? { target, ports: new Set(), names: [] }
      entry.ports.add(port)
      entry.names.push(name)
      targets.set(target, entry)
    }
  }
  return targets.values()
}

function targetOf(written: unknown, port: number): string {
  const isWritten = (typeof written === 'string' && written !== '') || typeof written === 'number'
  return isWritten && written !== 0 ? String(written) : String(port)
}
