import { buildGatewayApi } from '../gateway-api/build.ts'
import type { Router } from '../gateway-api/build.ts'
import type { Diagnostic } from '../diagnostic.ts'
import type { Report } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'
import { compareAge } from './age.ts'
import { resolveAliases } from './aliases.ts'
import { assignAddresses } from './assign-addresses.ts'
import { indexDestinationRules } from './destination-rule-index.ts'
import type { DestinationRuleIndex } from './destination-rule-index.ts'
import type { Gateway } from './gateway.ts'
import { findInstances, headlessAddresses } from './instances.ts'
import type { Instance } from './instance.ts'
import { LabelIndex } from './label-index.ts'
import type { Labels } from './labels.ts'
import type { MeshConfig } from './mesh-config.ts'
import { readObjects } from './objects.ts'
import type { Objects } from './objects.ts'
import type { PeerAuthentication } from './peer-authentication.ts'
import type { Service } from './service.ts'
import type { Sidecar } from './sidecar.ts'
import { indexHosts, resolveDelegates } from './virtual-service.ts'
import type { HostIndex, VirtualService } from './virtual-service.ts'
import type { Workload } from './workload.ts'

/** What the manifests say, read once. It does not depend on who looks at it. */
export interface Mesh {
  readonly config: MeshConfig
  /** The oldest first: of two with one host it wins. */
  readonly services: readonly Service[]
  /** By host and then by namespace, whoever may see them. */
  readonly servicesByHost: ReadonlyMap<string, ReadonlyMap<string, Service>>
  readonly workloads: readonly Workload[]
  /** The oldest first. */
  readonly gateways: readonly Gateway[]
  /** The proxies of the Gateway API's Gateways. */
  readonly routers: readonly Router[]
  /** The oldest first: on sidecars it wins. */
  readonly virtualServices: readonly VirtualService[]
  readonly virtualServicesByHost: HostIndex
  readonly destinationRules: DestinationRuleIndex
  /** In the order in which they are tried: those for some workloads first, then by age. */
  readonly sidecars: readonly Sidecar[]
  /** The oldest first: it wins. */
  readonly peerAuthentications: readonly PeerAuthentication[]
  /** The labels of the namespaces that stand among the manifests. */
  readonly declaredNamespaces: ReadonlyMap<string, Labels>
  /** Where Services are answered, by `NAMESPACE/HOST`. */
  readonly instances: ReadonlyMap<string, readonly Instance[]>
  /** What DNS answers for headless Services, by `NAMESPACE/HOST`. */
  readonly headlessAddresses: ReadonlyMap<string, readonly string[]>
  /** The workloads that each Service selects, by its host. */
  readonly selected: ReadonlyMap<string, readonly Workload[]>
  /** What could not be read, and what is not modelled yet, by name (`not-modelled`). */
  readonly diagnostics: readonly Diagnostic[]
}

export interface MeshOptions {
  /** Default: that of the ConfigMap `istio-system/istio` among the resources, of an IstioOperator, or Istio's own. */
  readonly meshConfig?: MeshConfig
}

/**
 * Reads resources into what the mesh consists of. An object of Istio's that an API server or istiod would refuse
 * is left out and reported; of other kinds, what cannot be read. So is each kind and field that can change where
 * a request goes and is not modelled yet. Of two resources with one name the later counts, as with
 * `kubectl apply`. Never throws.
 *
 * @example
 * const { resources } = loadManifests([{ file: 'mesh.yaml', text }])
 * const mesh = buildMesh(resources)
 * for (const proxy of proxies(mesh)) console.log(proxy.id)
 */
export function buildMesh(resources: readonly Resource[], options: MeshOptions = {}): Mesh {
  const diagnostics: Diagnostic[] = []
  const report: Report = (diagnostic) => diagnostics.push(diagnostic)
  return toMesh(readObjects(resources, options.meshConfig ?? null, report), report, diagnostics)
}

function toMesh(objects: Objects, report: Report, diagnostics: readonly Diagnostic[]): Mesh {
  const { config, serviceEntries, workloadEntries, endpointSlices } = objects
  const assigned = assignAddresses(objects.services, objects.workloads)
  const { workloads } = assigned
  const gatewayApi = buildGatewayApi({ ...objects, ...assigned })
  const kubernetes = [...assigned.services, ...gatewayApi.services]
  const known = [...serviceEntries.flatMap((entry) => entry.services), ...kubernetes]
  const services = resolveAliases(known.toSorted(compareAge))
  const virtualServices = [
    ...resolveDelegates(objects.virtualServices, config.defaultRetries, report),
    ...gatewayApi.virtualServices,
  ].toSorted(compareAge)
  return {
    config,
    services,
    servicesByHost: indexServices(services),
    workloads,
    gateways: [...objects.gateways, ...gatewayApi.gateways].toSorted(compareAge),
    routers: gatewayApi.routers,
    virtualServices,
    virtualServicesByHost: indexHosts(virtualServices),
    destinationRules: indexDestinationRules(objects.destinationRules, config),
    sidecars: objects.sidecars.toSorted(
      (a, b) =>
        Number(a.workloadSelector === null) - Number(b.workloadSelector === null) ||
        compareAge(a, b),
    ),
    peerAuthentications: objects.peerAuthentications.toSorted(compareAge),
    declaredNamespaces: objects.declaredNamespaces,
    instances: findInstances({
      services,
      serviceEntries: serviceEntries.toSorted(compareAge),
      workloads: [...workloads, ...gatewayApi.pods],
      workloadEntries,
      endpointSlices,
    }),
    headlessAddresses: headlessAddresses({ services, workloads, endpointSlices }),
    selected: selectWorkloads(kubernetes, workloads),
    diagnostics,
  }
}

/** Of two with one host and namespace the older counts, and Kubernetes' own before a ServiceEntry's. */
function indexServices(services: readonly Service[]): Map<string, Map<string, Service>> {
  const index = new Map<string, Map<string, Service>>()
  for (const service of services) {
    const known = index.get(service.host) ?? new Map<string, Service>()
    index.set(service.host, known)
    const older = known.get(service.namespace)
    if (older === undefined || (older.registry === 'external' && service.registry === 'kubernetes'))
      known.set(service.namespace, service)
  }
  return index
}

function selectWorkloads(
  services: readonly Service[],
  workloads: readonly Workload[],
): ReadonlyMap<string, readonly Workload[]> {
  const byLabel = new LabelIndex(workloads)
  return new Map(
    services.map(({ host, namespace, selector }) => [
      host,
      selector === null ? [] : byLabel.select(namespace, selector),
    ]),
  )
}
