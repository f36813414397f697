import type { Endpoint, Provenance } from '../decision.ts'
import { isAddress } from '../mesh/address.ts'
import { findDestinationRule } from '../mesh/destination-rule-index.ts'
import type { MergedRule } from '../mesh/destination-rule-index.ts'
import type { Subset } from '../mesh/destination-rule.ts'
import { isWildcard } from '../mesh/host.ts'
import { instanceKey } from '../mesh/instances.ts'
import type { Instance } from '../mesh/instance.ts'
import { selects } from '../mesh/labels.ts'
import type { Labels } from '../mesh/labels.ts'
import { passesThrough } from '../mesh/load-balancer.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { portInstances } from '../mesh/port-instances.ts'
import { isDns, tcpPorts } from '../mesh/service.ts'
import type { Service, ServicePort } from '../mesh/service.ts'
import type { Workload } from '../mesh/workload.ts'
import { provenanceOf, provenanceOfKey } from './provenance.ts'
import { clusterName } from './proxy-config.ts'
import type { Cluster } from './proxy-config.ts'
import type { Proxy } from './proxy.ts'

/**
 * The addresses at which the pods of `workload` answer on `targetPort`; none: nothing is ready there.
 * The ports need not be the target port: on one machine each instance has a port of its own.
 */
export type EndpointSource = (
  workload: Workload,
  targetPort: number,
) => readonly { readonly address: string | null; readonly port: number }[]

/** A workload with replicas as one endpoint, whose address is what its manifest says. */
export const oneEndpointEach: EndpointSource = (workload, port) => {
  const { replicas, address, hasAssignedAddress } = workload
  return replicas > 0 ? [{ address: hasAssignedAddress ? null : address, port }] : []
}

/** The same with the addresses that are made up for what has none (see `assignAddresses`). */
export const oneAddressEach: EndpointSource = ({ replicas, address }, port) =>
  replicas > 0 ? [{ address, port }] : []

/**
 * A cluster for each port of each Service that the proxy sees, and for each subset of it that the effective
 * DestinationRule defines. A subset that no rule defines has no cluster: Envoy then answers 503 NC
 * (istio: cluster.go, buildOutboundClusters).
 */
export function buildClusters(
  mesh: Mesh,
  proxy: Proxy,
  services: readonly Service[],
  source: EndpointSource,
): ReadonlyMap<string, Cluster> {
  const clusters = new Map<string, Cluster>()
  for (const service of services) {
    if (service.resolution === 'alias') continue
    const rule = findDestinationRule(mesh.destinationRules, proxy, service)
    const instances = mesh.instances.get(instanceKey(service)) ?? []
    for (const port of tcpPorts(service)) {
      // Endpoints belong to a port by its name; the names that DNS looks up by its number.
      const own = isDns(service)
        ? portInstances(mesh, service, port.port)
        : instances.filter(({ portName }) => portName === (port.name ?? ''))
      const places = own.map((instance): Place => ({
        instance,
        endpoints: endpointsOf(instance, source),
      }))
      const context = { service, port, rule, proxy, placesWith: indexPlaces(places) }
      const isDynamic = isWildcard(service.host) && service.resolution === 'dynamic-dns'
      if (isDynamic && !dynamicProtocols.has(port.protocol)) continue
      // A dynamic cluster has no subsets, and neither has one that is not there.
      for (const subset of isDynamic ? [null] : [null, ...(rule?.subsets ?? [])]) {
        const cluster = buildCluster(context, subset, isDynamic)
        if (cluster === null && subset === null) break
        // The first subset of a name counts.
        if (cluster !== null && !clusters.has(cluster.name)) clusters.set(cluster.name, cluster)
      }
    }
  }
  return clusters
}

/** What Envoy can look names up for. */
const dynamicProtocols: ReadonlySet<string> = new Set(['http', 'tls', 'grpc', 'http2'])

interface ClusterContext {
  readonly service: Service
  readonly port: ServicePort
  readonly rule: MergedRule | null
  readonly proxy: Proxy
  readonly placesWith: (labels: Labels) => readonly Place[]
}

/** An instance with the endpoints that stand for it. */
interface Place {
  readonly instance: Instance
  readonly endpoints: readonly Endpoint[]
}

/**
 * Finds the places whose instances have all of some labels. One label is looked up: thousands of lanes are as
 * many subsets of as many workloads.
 */
function indexPlaces(places: readonly Place[]): (labels: Labels) => readonly Place[] {
  const byLabel = new Map<string, Map<string, Place[]>>()
  const indexOf = (key: string): Map<string, Place[]> => {
    const known = byLabel.get(key)
    if (known !== undefined) return known
    const index = new Map<string, Place[]>()
    for (const place of places) {
      const value = place.instance.labels[key]
      if (value === undefined) continue
      const sharing = index.get(value)
      if (sharing === undefined) index.set(value, [place])
      else sharing.push(place)
    }
    byLabel.set(key, index)
    return index
  }
  return (labels) => {
    const [first] = Object.entries(labels)
    if (first === undefined) return places
    const [key, value] = first
    const found = indexOf(key).get(value) ?? []
    return found.filter(({ instance }) => selects(labels, instance.labels))
  }
}

function buildCluster(
  context: ClusterContext,
  subset: Subset | null,
  isDynamic: boolean,
): Cluster | null {
  const { service, port, rule, placesWith } = context
  const type = isDynamic ? 'dynamic' : typeOf(context, subset)
  const chosen = placesWith(subset?.labels ?? {})
  // A DNS cluster is made of the names to look up, and without any it is not made.
  const isNamed = isDns(service) && !(type === 'original-dst' && subset !== null)
  if (isNamed && chosen.length === 0) return null
  const endpoints = chosen
    .filter(({ instance: { isReady, address, targetPort } }) => {
      return isReady && (isDns(service) || isAddress(address) || targetPort === 0)
    })
    .flatMap((one) => one.endpoints)
  return {
    name: clusterName(service.host, port.port, subset?.name ?? null),
    host: service.host,
    port: port.port,
    subset: subset?.name ?? null,
    type,
    endpoints: isDynamic ? [] : endpoints,
    destinationRule: provenance(subset, rule),
    effectiveRule: rule === null ? null : wholeRule(rule),
  }
}

/**
 * A headless Service leaves the choice of the endpoint to the client, but not behind a gateway, where nothing is
 * dialled; a load balancer PASSTHROUGH does so too, of the rule as a whole or of a subset
 * (istio: cluster.go, convertResolution; cluster_builder.go, buildSubsetCluster).
 */
function typeOf(
  { service, port, rule, proxy }: ClusterContext,
  subset: Subset | null,
): Cluster['type'] {
  if (service.resolution === 'passthrough' && proxy.type === 'sidecar') return 'original-dst'
  const whole = passesThrough(rule?.policy?.policy ?? null, port.port)
  const own = subset === null ? null : passesThrough(subset.policy, port.port)
  if (whole === true || own === true || subset?.policy?.passthrough === true) return 'original-dst'
  return isDns(service) ? 'dns' : 'eds'
}

function endpointsOf(instance: Instance, source: EndpointSource): Endpoint[] {
  const { workload, address, targetPort } = instance
  if (workload === null) return [{ address, port: targetPort, workload: null, namespace: null }]
  const { name, namespace } = workload
  return source(workload, targetPort).map(({ address: at, port }) => ({
    address: at,
    port,
    workload: name,
    namespace,
  }))
}

function wholeRule({ rule: { resource } }: MergedRule): Provenance {
  return provenanceOfKey(resource, ['spec', 'subsets'])
}

function provenance(subset: Subset | null, merged: MergedRule | null): Provenance | null {
  if (subset !== null) {
    const { resource, path } = subset
    return provenanceOf(resource, path)
  }
  const resource = merged?.policy?.resource
  if (resource === undefined) return null
  return provenanceOfKey(resource, ['spec', 'trafficPolicy'])
}
