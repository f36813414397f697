import { compareText } from './host.ts'
import { ofEntry, ofWorkload } from './instance.ts'
import type { Instance, Place } from './instance.ts'
import type { LabelIndex } from './label-index.ts'
import type { ServiceEntry, ServiceEntryPort } from './service-entry.ts'
import type { Service } from './service.ts'
import { isAtAddress } from './workload-entry.ts'
import type { WorkloadAddress, WorkloadEntry } from './workload-entry.ts'
import type { Workload } from './workload.ts'

/**
 * Where one host of a ServiceEntry is answered: pods before WorkloadEntries, by name
 * (istio: serviceentry/conversion.go, services).
 */
export function serviceEntryInstances(
  entry: ServiceEntry,
  service: Service,
  pods: LabelIndex<Workload>,
  entries: LabelIndex<WorkloadEntry>,
): Instance[] {
  const { namespace, ports, resolution, workloadSelector } = entry
  const isDns = resolution === 'dns' || resolution === 'dns-round-robin'
  const at = (place: Place, own?: WorkloadAddress) => ports.map((port) => onPort(place, port, own))
  if (workloadSelector !== null) {
    const ready = pods.select(namespace, workloadSelector).filter(({ isReady }) => isReady)
    const selected = entries
      .select(namespace, workloadSelector)
      .filter((one) => isDns || isAtAddress(one))
    return [
      ...ready
        .toSorted((a, b) => compareText(a.podName, b.podName))
        .flatMap((pod) => at(ofWorkload(pod))),
      ...selected
        .toSorted((a, b) => compareText(a.name, b.name))
        .flatMap((one) => at(ofEntry(one), one)),
    ]
  }
  if (entry.endpoints.length === 0 && isDns) {
    return at(ofEntry({ address: service.host, labels: {} }))
  }
  return entry.endpoints.flatMap((one) => at(ofEntry(one), one))
}

/**
 * Passes one instance for each port where DNS is to be looked up in turn: Envoy takes no second name then.
 * `ports` are those that the host has already, of whichever ServiceEntry
 * (istio: serviceentry/conversion.go, mergeServicesInstancesByNamespaceHost).
 */
export function oneNameAPort(
  { resolution }: Pick<ServiceEntry, 'resolution'>,
  ports: Set<number>,
): (instance: Instance) => boolean {
  return ({ servicePort }) => {
    if (servicePort === null) return true
    if (resolution === 'dns-round-robin' && ports.has(servicePort)) return false
    ports.add(servicePort)
    return true
  }
}

function onPort(place: Place, port: ServiceEntryPort, own?: WorkloadAddress): Instance {
  const targetPort = targetOf(port, own)
  return { ...place, portName: port.name, servicePort: port.port, targetPort }
}

function targetOf({ name, port, targetPort }: ServiceEntryPort, own?: WorkloadAddress): number {
  if (own?.address.startsWith('unix://') === true) return 0
  return own?.ports.get(name) ?? targetPort ?? port
}
