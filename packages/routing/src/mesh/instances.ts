import type { EndpointSlice } from './endpoint-slice.ts'
import { ofEntry, ofWorkload } from './instance.ts'
import type { Instance } from './instance.ts'
import { LabelIndex } from './label-index.ts'
import { PodLookup } from './pod-lookup.ts'
import { oneNameAPort, serviceEntryInstances } from './service-entry-instances.ts'
import type { ServiceEntry } from './service-entry.ts'
import type { Service, ServicePort } from './service.ts'
import { isAtAddress } from './workload-entry.ts'
import type { WorkloadEntry } from './workload-entry.ts'
import type { Workload } from './workload.ts'

/** What instances are made of. */
export interface Inventory {
  readonly services: readonly Service[]
  readonly serviceEntries: readonly ServiceEntry[]
  readonly workloads: readonly Workload[]
  readonly workloadEntries: readonly WorkloadEntry[]
  readonly endpointSlices: readonly EndpointSlice[]
}

/**
 * Where each Service is answered, by `NAMESPACE/HOST`: Services of one host and namespace share what is known
 * (istio: pilot/pkg/model/endpointshards.go).
 */
export function findInstances(inventory: Inventory): ReadonlyMap<string, readonly Instance[]> {
  const found = new Map<string, Instance[]>()
  const add = (service: Pick<Service, 'namespace' | 'host'>, instances: Instance[]): void => {
    const key = instanceKey(service)
    const known = found.get(key)
    if (known === undefined) found.set(key, instances)
    else known.push(...instances)
  }
  const running = inventory.workloads.filter(({ replicas }) => replicas > 0)
  const pods = new LabelIndex(running)
  const lookup = new PodLookup(running)
  const entries = new LabelIndex(inventory.workloadEntries)
  const slices = byService(inventory.endpointSlices)
  for (const service of inventory.services) {
    if (service.registry !== 'kubernetes') continue
    const kept = slices.get(sliceKey(service.namespace, service.name)) ?? []
    add(service, [
      ...podInstances(service, pods),
      ...kept.flatMap((slice) => sliceInstances(slice, lookup)),
      ...entryInstances(service, entries),
    ])
  }
  const taken = new Map<string, Set<number>>()
  for (const entry of inventory.serviceEntries) {
    const seen = new Set<string>()
    for (const service of entry.services) {
      // A host with several addresses is answered in the same places.
      if (seen.has(service.host)) continue
      seen.add(service.host)
      const key = instanceKey(service)
      const ports = taken.get(key) ?? new Set<number>()
      taken.set(key, ports)
      const own = serviceEntryInstances(entry, service, pods, entries)
      add(service, own.filter(oneNameAPort(entry, ports)))
    }
  }
  return found
}

/**
 * What cluster DNS answers for each headless Service, by `NAMESPACE/HOST`: the addresses that are ready, whatever
 * its ports; those that somebody keeps by hand come first.
 */
export function headlessAddresses({
  services,
  workloads,
  endpointSlices,
}: Omit<Inventory, 'serviceEntries' | 'workloadEntries'>): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>()
  const headless = services.filter(({ type }) => type === 'headless')
  if (headless.length === 0) return found
  const slices = byService(endpointSlices)
  const byLabel = new LabelIndex(workloads)
  for (const service of headless) {
    const { name, namespace, selector, publishesNotReady } = service
    const kept = (slices.get(sliceKey(namespace, name)) ?? [])
      .flatMap(({ endpoints }) => endpoints)
      .filter(({ isReady }) => isReady)
      .flatMap(({ addresses }) => addresses)
    const selected = selector === null ? [] : byLabel.select(namespace, selector)
    const pods = selected.filter(
      ({ replicas, isReady }) => replicas > 0 && (isReady || publishesNotReady),
    )
    found.set(instanceKey(service), [...kept, ...pods.map(({ address }) => address)])
  }
  return found
}

/** The key of a Service in `findInstances`. */
export function instanceKey({ namespace, host }: Pick<Service, 'namespace' | 'host'>): string {
  return `${namespace}/${host}`
}

/** The port of a pod that a Service's port leads to; a name that no container has leads nowhere. */
export function targetPortOf(
  { containerPorts }: Pick<Workload, 'containerPorts'>,
  { targetPort }: Pick<ServicePort, 'targetPort'>,
): number | null {
  if (typeof targetPort === 'number') return targetPort
  const named = containerPorts.find(
    ({ name, transport }) => name === targetPort && transport === 'TCP',
  )
  return named?.port ?? null
}

function podInstances(service: Service, pods: LabelIndex<Workload>): Instance[] {
  const { namespace, selector, ports, publishesNotReady } = service
  if (selector === null) return []
  return pods.select(namespace, selector).flatMap((workload) =>
    ports.flatMap((port): Instance[] => {
      const targetPort = targetPortOf(workload, port)
      if (targetPort === null) return []
      const isReady = workload.isReady || publishesNotReady
      const portName = port.name ?? ''
      return [{ ...ofWorkload(workload), portName, targetPort, isReady, isKubernetes: true }]
    }),
  )
}

function sliceInstances(slice: EndpointSlice, pods: PodLookup): Instance[] {
  const { namespace } = slice
  return slice.endpoints.flatMap((endpoint) =>
    endpoint.addresses.flatMap((address) => {
      const pod =
        endpoint.pod === null ? pods.at(namespace, address) : pods.named(namespace, endpoint.pod)
      // Istio waits for a pod that is named.
      if (pod === undefined && endpoint.pod !== null) return []
      return slice.ports.map((port): Instance => ({
        portName: port.name,
        servicePort: null,
        address,
        targetPort: port.port,
        labels: pod?.labels ?? {},
        isReady: endpoint.isReady,
        isKubernetes: true,
        workload: pod ?? null,
      }))
    }),
  )
}

/** WorkloadEntries stand in for pods behind a Kubernetes Service. */
function entryInstances(service: Service, entries: LabelIndex<WorkloadEntry>): Instance[] {
  const { namespace, selector, ports } = service
  if (selector === null || service.resolution !== 'registry') return []
  const selected = entries.select(namespace, selector).filter(isAtAddress)
  return selected.flatMap((entry) =>
    ports.flatMap((port): Instance[] => {
      const targetPort = entryTarget(entry, port)
      return targetPort === null
        ? []
        : [{ ...ofEntry(entry), portName: port.name ?? '', servicePort: null, targetPort }]
    }),
  )
}

function entryTarget({ ports }: WorkloadEntry, { name, targetPort }: ServicePort): number | null {
  if (typeof targetPort === 'string') return ports.get(targetPort) ?? ports.get(name ?? '') ?? null
  return ports.get(name ?? '') ?? targetPort
}

function byService(slices: readonly EndpointSlice[]): ReadonlyMap<string, EndpointSlice[]> {
  const found = new Map<string, EndpointSlice[]>()
  for (const slice of slices) {
    const key = sliceKey(slice.namespace, slice.service)
    const known = found.get(key)
    if (known === undefined) found.set(key, [slice])
    else known.push(slice)
  }
  return found
}

function sliceKey(namespace: string, service: string): string {
  return `${namespace}/${service}`
}
