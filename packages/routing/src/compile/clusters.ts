import type { Endpoint, Provenance } from '../decision.ts'
import { findDestinationRule } from '../mesh/destination-rule-index.ts'
import type { MergedRule } from '../mesh/destination-rule-index.ts'
import type { Subset } from '../mesh/destination-rule.ts'
import { selects } from '../mesh/labels.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { tcpPorts } from '../mesh/service.ts'
import type { Service, ServicePort } from '../mesh/service.ts'
import { isVisibleIn } from '../mesh/visibility.ts'
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

/** A Deployment with replicas as one endpoint, whose address no manifest knows. */
export const oneEndpointEach: EndpointSource = ({ replicas }, port) =>
  replicas > 0 ? [{ address: null, port }] : []

/**
 * A cluster for each port of each Service that the proxy sees, and for each subset of it that the effective
 * DestinationRule defines. A subset that no rule defines has no cluster: Envoy then answers 503 NC.
 */
export function buildClusters(
  mesh: Mesh,
  proxy: Proxy,
  source: EndpointSource,
): ReadonlyMap<string, Cluster> {
  const clusters = new Map<string, Cluster>()
  for (const service of mesh.services) {
    if (!isVisibleIn(service.visibility, proxy.namespace)) continue
    const rule = findDestinationRule(mesh.destinationRules, proxy, service)
    const workloads = mesh.selected.get(service.host) ?? []
    for (const port of tcpPorts(service)) {
      const pods = workloads.map((workload) => endpointsOf(workload, port, source))
      for (const subset of [null, ...(rule?.subsets ?? [])]) {
        const cluster = buildCluster(service, port, subset, rule, pods)
        // The first subset of a name counts.
        if (!clusters.has(cluster.name)) clusters.set(cluster.name, cluster)
      }
    }
  }
  return clusters
}

/** Where a port of a Service is served, by every version; what is not modelled has no endpoints. */
export function serviceEndpoints(
  mesh: Mesh,
  service: Service,
  port: ServicePort,
  source: EndpointSource,
): readonly Endpoint[] {
  const workloads = mesh.selected.get(service.host) ?? []
  return workloads.flatMap((workload) => endpointsOf(workload, port, source).endpoints)
}

interface Pods {
  readonly workload: Workload
  readonly endpoints: readonly Endpoint[]
}

function endpointsOf(workload: Workload, port: ServicePort, source: EndpointSource): Pods {
  const targetPort = resolveTargetPort(workload, port.targetPort)
  const { name, namespace } = workload
  const found = targetPort === null ? [] : source(workload, targetPort)
  return {
    workload,
    endpoints: found.map(({ address, port: at }) => ({
      address,
      port: at,
      workload: name,
      namespace,
    })),
  }
}

function resolveTargetPort({ containerPorts }: Workload, target: number | string): number | null {
  if (typeof target === 'number') return target
  return containerPorts.find(({ name }) => name === target)?.port ?? null
}

function buildCluster(
  service: Service,
  port: ServicePort,
  subset: Subset | null,
  rule: MergedRule | null,
  pods: readonly Pods[],
): Cluster {
  const headless = service.type === 'headless'
  const labels = subset === null || headless ? {} : subset.labels
  return {
    name: clusterName(service.host, port.port, subset?.name ?? null),
    host: service.host,
    port: port.port,
    subset: subset?.name ?? null,
    type: headless ? 'original-dst' : 'eds',
    endpoints: pods.flatMap(({ workload, endpoints }) =>
      selects(labels, workload.labels) ? endpoints : [],
    ),
    destinationRule: provenance(subset, rule),
    effectiveRule: rule === null ? null : wholeRule(rule),
  }
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
