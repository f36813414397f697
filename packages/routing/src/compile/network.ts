import type { Endpoint } from '../decision.ts'
import { isAddress } from '../mesh/address.ts'
import { outsideAddress } from '../mesh/assign-addresses.ts'
import { instanceKey } from '../mesh/instances.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Service } from '../mesh/service.ts'
import type { Workload } from '../mesh/workload.ts'
import type { EndpointSource } from './clusters.ts'
import type { Network } from './proxy-config.ts'

/**
 * The cluster's DNS and kube-proxy, as a pod of `namespace` meets them. A name that DNS does not know is taken
 * to lead out of the cluster; `services` are those by host that the pod's own proxy knows.
 */
export function buildNetwork(
  mesh: Mesh,
  namespace: string,
  services: ReadonlyMap<string, Service>,
  source: EndpointSource,
  showAssigned: boolean,
): Network {
  const at = (addresses: readonly string[], port: number): Endpoint[] =>
    addresses.flatMap((address) => {
      const workload = workloadsByAddress(mesh).get(address)
      if (workload !== undefined) return placesOf(workload, port, source)
      // That of a router that stands in no manifest is unknown.
      const isShown = address !== '' && (showAssigned || address !== outsideAddress)
      const shown = isShown ? address : null
      return [{ address: shown, port, workload: null, namespace: null }]
    })
  const names = namesOf(mesh)
  const search = [`.${namespace}.svc.cluster.local`, '.svc.cluster.local', '.cluster.local']
  const resolve = (written: string, aliases: number): readonly string[] => {
    const host = written.toLowerCase().replace(/^\[(.*)\]$/, '$1')
    if (isAddress(host)) return [host]
    if (host === 'localhost') return ['127.0.0.1']
    if (aliases === 0) return [outsideAddress]
    const isFull = host.endsWith('.')
    const bare = isFull ? host.slice(0, -1) : host
    for (const suffix of isFull ? [''] : [...search, '']) {
      const found = names.get(bare + suffix) ?? entryNamed(services, bare + suffix)
      if (found === undefined) continue
      return 'alias' in found ? resolve(`${found.alias}.`, aliases - 1) : found.addresses
    }
    return [outsideAddress]
  }
  const known = new Map<string, readonly string[]>()
  return {
    resolve: (name) => {
      const cached = known.get(name)
      if (cached !== undefined) return cached
      const found = resolve(name, maxAliases)
      // Hosts come from requests too: what is asked for is without end, what DNS knows is not.
      if (known.size < maxKnown) known.set(name, found)
      return found
    },
    beyond: (addresses, port) => {
      const [first = ''] = addresses
      const service = servicesByAddress(mesh).get(first)
      if (service !== undefined) return servicePlaces(mesh, service, port, source)
      return workloadsByAddress(mesh).has(first) ? at(addresses, port) : []
    },
    at,
  }
}

const maxAliases = 8
const maxKnown = 10_000

type Known = { readonly addresses: readonly string[] } | { readonly alias: string }

/** A ServiceEntry's name leads to its address for those whose proxies know it: these answer for it. */
function entryNamed(services: ReadonlyMap<string, Service>, name: string): Known | undefined {
  const { registry, addresses: [first] = [] } = services.get(name) ?? {}
  if (registry !== 'external' || first === undefined) return undefined
  return { addresses: [first.split('/')[0] ?? first] }
}

/** Every full name that cluster DNS knows, in lower case. */
function namesOf(mesh: Mesh): ReadonlyMap<string, Known> {
  const cached = nameIndexes.get(mesh)
  if (cached !== undefined) return cached
  const names = new Map<string, Known>()
  const add = (name: string, known: Known): void => {
    const lower = name.toLowerCase()
    if (!names.has(lower)) names.set(lower, known)
  }
  for (const service of mesh.services) {
    if (service.registry !== 'kubernetes') continue
    if (service.externalName !== null) add(service.host, { alias: service.externalName })
    else if (service.type === 'headless') {
      // No pod is ready: the name is there and has no address.
      const ready = mesh.headlessAddresses.get(instanceKey(service)) ?? []
      add(service.host, { addresses: ready.length === 0 ? [outsideAddress] : ready })
    } else add(service.host, { addresses: service.addresses.slice(0, 1) })
  }
  for (const { hostname, subdomain, namespace, address } of mesh.workloads) {
    if (hostname === null || subdomain === null || address === '') continue
    add(`${hostname}.${subdomain}.${namespace}.svc.cluster.local`, { addresses: [address] })
  }
  nameIndexes.set(mesh, names)
  return names
}

/** A mesh never changes. */
const nameIndexes = new WeakMap<Mesh, ReadonlyMap<string, Known>>()

function servicesByAddress(mesh: Mesh): ReadonlyMap<string, Service> {
  const cached = addressIndexes.get(mesh)
  if (cached !== undefined) return cached
  const index = new Map<string, Service>()
  for (const service of mesh.services) {
    const [address] = service.addresses
    if (service.registry === 'kubernetes' && address !== undefined && !index.has(address)) {
      index.set(address, service)
    }
  }
  addressIndexes.set(mesh, index)
  return index
}

const addressIndexes = new WeakMap<Mesh, ReadonlyMap<string, Service>>()

/** Any ready pod of the Service may answer: kube-proxy picks, past all rules. */
function servicePlaces(
  mesh: Mesh,
  service: Service,
  port: number,
  source: EndpointSource,
): Endpoint[] {
  const names = new Set(
    service.ports
      .filter((one) => one.port === port && one.transport === 'TCP')
      .map(({ name }) => name ?? ''),
  )
  return (mesh.instances.get(instanceKey(service)) ?? [])
    .filter(
      ({ isReady, isKubernetes, portName, workload }) =>
        isReady && isKubernetes && workload !== null && names.has(portName),
    )
    .flatMap((one) => (one.workload === null ? [] : placesOf(one.workload, one.targetPort, source)))
}

function placesOf(workload: Workload, port: number, source: EndpointSource): Endpoint[] {
  const { name, namespace } = workload
  return source(workload, port).map(({ address, port: at }) => ({
    address,
    port: at,
    workload: name,
    namespace,
  }))
}

function workloadsByAddress(mesh: Mesh): ReadonlyMap<string, Workload> {
  const cached = workloadIndexes.get(mesh)
  if (cached !== undefined) return cached
  const index = new Map<string, Workload>()
  for (const workload of [...mesh.workloads, ...mesh.routers.map(({ pod }) => pod)]) {
    if (workload.address !== '' && !index.has(workload.address))
      index.set(workload.address, workload)
  }
  workloadIndexes.set(mesh, index)
  return index
}

const workloadIndexes = new WeakMap<Mesh, ReadonlyMap<string, Workload>>()
