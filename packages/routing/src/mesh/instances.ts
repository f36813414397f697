import type { EndpointSlice } from './endpoint-slice.ts'
import { selects } from './labels.ts'
import type { Labels } from './labels.ts'
import type { ServiceEntry, ServiceEntryPort } from './service-entry.ts'
import type { Service, ServicePort } from './service.ts'
import type { WorkloadAddress, WorkloadEntry } from './workload-entry.ts'
import type { Workload } from './workload.ts'

/** One place where a port of a Service is answered. */
export interface Instance {
  /** The name of the port; '' for one without. */
  readonly portName: string
  /** The number of the port, where a ServiceEntry says so; null: by name. */
  readonly servicePort: number | null
  readonly address: string
  readonly targetPort: number
  readonly labels: Labels
  readonly isReady: boolean
  /** Whether Kubernetes itself knows of it, and so kube-proxy sends to it. */
  readonly isKubernetes: boolean
  /** The Workload that answers; null: something that the manifests do not run. */
  readonly workload: Workload | null
}

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
  const neighbours = byNamespace(inventory.workloads.filter(({ replicas }) => replicas > 0))
  const entries = byNamespace(inventory.workloadEntries)
  const slices = byNamespace(inventory.endpointSlices)
  for (const service of inventory.services) {
    if (service.registry !== 'kubernetes') continue
    const { name, namespace } = service
    const own = neighbours.get(namespace) ?? []
    add(service, [
      ...podInstances(service, own),
      ...(slices.get(namespace) ?? []).flatMap((slice) =>
        slice.service === name ? sliceInstances(slice, own) : [],
      ),
      ...entryInstances(service, entries.get(namespace) ?? []),
    ])
  }
  for (const entry of inventory.serviceEntries) {
    const seen = new Set<string>()
    for (const service of entry.services) {
      // A host with several addresses is answered in the same places.
      if (seen.has(service.host)) continue
      seen.add(service.host)
      add(service, serviceEntryInstances(entry, service, neighbours, entries))
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
  for (const service of services) {
    const { name, namespace, selector, publishesNotReady } = service
    if (service.type !== 'headless') continue
    const kept = endpointSlices
      .filter((slice) => slice.namespace === namespace && slice.service === name)
      .flatMap(({ endpoints }) => endpoints)
      .filter(({ isReady }) => isReady)
      .flatMap(({ addresses }) => addresses)
    const pods = workloads.filter(
      (one) =>
        selector !== null &&
        one.namespace === namespace &&
        one.replicas > 0 &&
        (one.isReady || publishesNotReady) &&
        selects(selector, one.labels),
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

function podInstances(service: Service, neighbours: readonly Workload[]): Instance[] {
  const { selector, ports, publishesNotReady } = service
  if (selector === null) return []
  return neighbours
    .filter(({ labels }) => selects(selector, labels))
    .flatMap((workload) =>
      ports.flatMap((port): Instance[] => {
        const targetPort = targetPortOf(workload, port)
        if (targetPort === null) return []
        const isReady = workload.isReady || publishesNotReady
        const portName = port.name ?? ''
        return [{ ...ofWorkload(workload), portName, targetPort, isReady, isKubernetes: true }]
      }),
    )
}

function ofWorkload(workload: Workload): Omit<Instance, 'portName' | 'targetPort'> {
  const { address, labels, isReady } = workload
  return { servicePort: null, address, labels, isReady, isKubernetes: false, workload }
}

function sliceInstances(slice: EndpointSlice, neighbours: readonly Workload[]): Instance[] {
  return slice.endpoints.flatMap((endpoint) =>
    endpoint.addresses.flatMap((address) => {
      const pod = neighbours.find((one) =>
        endpoint.pod === null ? one.address === address : one.podName === endpoint.pod,
      )
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
function entryInstances(service: Service, entries: readonly WorkloadEntry[]): Instance[] {
  const { selector, ports } = service
  if (selector === null || service.resolution !== 'registry') return []
  return entries
    .filter(({ labels }) => selects(selector, labels))
    .flatMap((entry) =>
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

function ofEntry({
  address,
  labels,
}: Pick<WorkloadAddress, 'address' | 'labels'>): Omit<
  Instance,
  'portName' | 'servicePort' | 'targetPort'
> {
  return { address, labels, isReady: true, isKubernetes: false, workload: null }
}

function serviceEntryInstances(
  entry: ServiceEntry,
  service: Service,
  neighbours: ReadonlyMap<string, readonly Workload[]>,
  entries: ReadonlyMap<string, readonly WorkloadEntry[]>,
): Instance[] {
  const { namespace, ports, resolution, workloadSelector } = entry
  const at = (
    place: Omit<Instance, 'portName' | 'servicePort' | 'targetPort'>,
    own?: WorkloadAddress,
  ) => ports.map((port) => onPort(place, port, own))
  if (workloadSelector !== null) {
    const pods = (neighbours.get(namespace) ?? []).filter(
      (pod) => pod.isReady && selects(workloadSelector, pod.labels),
    )
    const selected = (entries.get(namespace) ?? []).filter(({ labels }) =>
      selects(workloadSelector, labels),
    )
    return [
      ...pods.flatMap((pod) => at(ofWorkload(pod))),
      ...selected.flatMap((one) => at(ofEntry(one), one)),
    ]
  }
  const isDns = resolution === 'dns' || resolution === 'dns-round-robin'
  if (entry.endpoints.length === 0 && isDns) {
    return at(ofEntry({ address: service.host, labels: {} }))
  }
  return entry.endpoints.flatMap((one) => at(ofEntry(one), one))
}

function onPort(
  place: Omit<Instance, 'portName' | 'servicePort' | 'targetPort'>,
  port: ServiceEntryPort,
  own?: WorkloadAddress,
): Instance {
  const targetPort = targetOf(port, own)
  return { ...place, portName: port.name, servicePort: port.port, targetPort }
}

function targetOf({ name, port, targetPort }: ServiceEntryPort, own?: WorkloadAddress): number {
  if (own?.address.startsWith('unix://') === true) return 0
  return own?.ports.get(name) ?? targetPort ?? port
}

function byNamespace<T extends { readonly namespace: string }>(
  all: readonly T[],
): Map<string, T[]> {
  const found = new Map<string, T[]>()
  for (const one of all) {
    const known = found.get(one.namespace)
    if (known === undefined) found.set(one.namespace, [one])
    else known.push(one)
  }
  return found
}
