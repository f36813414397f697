import { readGatewayClass } from '../gateway-api/gateway-class.ts'
import type { GatewayClass } from '../gateway-api/gateway-class.ts'
import { readKubernetesGateway } from '../gateway-api/kubernetes-gateway.ts'
import type { KubernetesGateway } from '../gateway-api/kubernetes-gateway.ts'
import { readReferenceGrant } from '../gateway-api/reference-grant.ts'
import type { ReferenceGrant } from '../gateway-api/reference-grant.ts'
import { readRoute } from '../gateway-api/route.ts'
import type { GatewayApiRoute } from '../gateway-api/route.ts'
import type { Diagnostic } from '../diagnostic.ts'
import { kindStatus } from '../manifest/kinds.ts'
import type { ModelledKind } from '../manifest/kinds.ts'
import { reportIgnoredFields } from '../manifest/not-modelled.ts'
import { attempt, child, reportNotModelled, rootOf } from '../manifest/read.ts'
import type { Report } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'
import { validate } from '../schema/validate.ts'
import { readDestinationRule } from './destination-rule.ts'
import type { DestinationRule } from './destination-rule.ts'
import { readEndpointSlice } from './endpoint-slice.ts'
import type { EndpointSlice } from './endpoint-slice.ts'
import { readGateway } from './gateway.ts'
import type { Gateway } from './gateway.ts'
import { readService } from './kubernetes-service.ts'
import type { Labels } from './labels.ts'
import {
  defaultMeshConfig,
  isIstioOperator,
  isMeshConfig,
  readMeshConfigMap,
  readOperatorMeshConfig,
} from './mesh-config.ts'
import type { MeshConfig } from './mesh-config.ts'
import { readPeerAuthentication } from './peer-authentication.ts'
import type { PeerAuthentication } from './peer-authentication.ts'
import { readServiceEntry } from './service-entry.ts'
import type { ServiceEntry } from './service-entry.ts'
import type { Service } from './service.ts'
import { readSidecar } from './sidecar.ts'
import type { Sidecar } from './sidecar.ts'
import { readVirtualService } from './virtual-service.ts'
import type { WrittenVirtualService } from './virtual-service.ts'
import { checkAsWebhook, isOfIstio } from './webhook/webhook.ts'
import { readWorkloadEntry } from './workload-entry.ts'
import type { WorkloadEntry } from './workload-entry.ts'
import { readDeployment, readPod, readReplicaSet, readStatefulSet } from './workload.ts'
import type { Workload } from './workload.ts'

/** The objects of the manifests, by kind, in the order in which they stand. */
export interface Objects {
  readonly config: MeshConfig
  readonly services: Service[]
  readonly workloads: Workload[]
  readonly endpointSlices: EndpointSlice[]
  readonly gateways: Gateway[]
  readonly virtualServices: WrittenVirtualService[]
  readonly destinationRules: DestinationRule[]
  readonly serviceEntries: ServiceEntry[]
  readonly workloadEntries: WorkloadEntry[]
  readonly sidecars: Sidecar[]
  readonly peerAuthentications: PeerAuthentication[]
  readonly gatewayClasses: GatewayClass[]
  readonly kubernetesGateways: KubernetesGateway[]
  readonly routes: GatewayApiRoute[]
  readonly referenceGrants: ReferenceGrant[]
  /** The labels of each namespace that is named. */
  readonly namespaces: Map<string, Labels>
  /** Those of the namespaces that the manifests hold themselves. */
  readonly declaredNamespaces: Map<string, Labels>
}

/** Reads resources by kind, and reports those that cannot be read or are not modelled. */
export function readObjects(
  resources: readonly Resource[],
  meshConfig: MeshConfig | null,
  report: Report,
): Objects {
  const config = meshConfig ?? findMeshConfig(resources, report)
  const objects: Objects = {
    config,
    services: [],
    workloads: [],
    endpointSlices: [],
    gateways: [],
    virtualServices: [],
    destinationRules: [],
    serviceEntries: [],
    workloadEntries: [],
    sidecars: [],
    peerAuthentications: [],
    gatewayClasses: [],
    kubernetesGateways: [],
    routes: [],
    referenceGrants: [],
    namespaces: new Map(),
    declaredNamespaces: new Map(),
  }
  for (const resource of withoutDuplicates(resources, report)) {
    const { namespace } = resource
    if (namespace !== '' && !objects.namespaces.has(namespace)) {
      objects.namespaces.set(namespace, { 'kubernetes.io/metadata.name': namespace })
    }
    readObject(resource, objects, report)
  }
  return objects
}

/** An object of Istio's that has an error is not there: neither the API server nor istiod lets it in. */
function readObject(resource: Resource, objects: Objects, report: Report): void {
  const found: Diagnostic[] = []
  const note: Report = (diagnostic) => {
    found.push(diagnostic)
    report(diagnostic)
  }
  const known = kindStatus(resource.apiVersion, resource.kind)
  const kind = known.status === 'modelled' ? known.kind : null
  const store = kind === null ? undefined : attempt(() => readers[kind](resource, note, objects))
  if (kind !== null) {
    reportIgnoredFields(resource, kind, report)
  } else if (known.status === 'unknown-version') {
    report(unknownVersion(resource, known.known))
  } else if (known.status === 'not-modelled') {
    reportNotModelled(child(rootOf(resource, report), 'kind'), `kind ${resource.kind}`)
  }
  validate(resource, unlessKnown(found, note))
  const isRefused = (): boolean => found.some(({ level }) => level === 'error')
  if (kind !== null && isOfIstio(kind)) {
    if (!isRefused()) checkAsWebhook(resource, kind, note)
    if (isRefused()) return
  }
  store?.()
}

/** Reads an object, and gives what puts it among the others. */
type Reader = (resource: Resource, report: Report, objects: Objects) => () => void

const readers: Readonly<Record<ModelledKind, Reader>> = {
  Namespace:
    ({ name, labels }, _, { namespaces, declaredNamespaces }) =>
    () => {
      namespaces.set(name, { ...labels, 'kubernetes.io/metadata.name': name })
      declaredNamespaces.set(name, labels)
    },
  GatewayClass: (one, report, into) => add(into.gatewayClasses, readGatewayClass(one, report)),
  KubernetesGateway: (one, report, into) =>
    add(into.kubernetesGateways, readKubernetesGateway(one, report)),
  HTTPRoute: (one, report, into) => add(into.routes, readRoute(one, 'HTTPRoute', report)),
  GRPCRoute: (one, report, into) => add(into.routes, readRoute(one, 'GRPCRoute', report)),
  ReferenceGrant: (one, report, { referenceGrants }) => {
    const grants = readReferenceGrant(one, report)
    return () => referenceGrants.push(...grants)
  },
  Service: (one, report, into) => add(into.services, readService(one, report, into.config)),
  Deployment: (one, report, into) => add(into.workloads, readDeployment(one, report)),
  StatefulSet: (one, report, into) => add(into.workloads, readStatefulSet(one, report)),
  ReplicaSet: (one, report, into) => add(into.workloads, readReplicaSet(one, report)),
  Pod: (one, report, into) => add(into.workloads, readPod(one, report)),
  EndpointSlice: (one, report, into) => add(into.endpointSlices, readEndpointSlice(one, report)),
  Gateway: (one, report, into) => add(into.gateways, readGateway(one, report)),
  VirtualService: (one, report, into) =>
    add(into.virtualServices, readVirtualService(one, report, into.config)),
  DestinationRule: (one, report, into) =>
    add(into.destinationRules, readDestinationRule(one, report)),
  ServiceEntry: (one, report, into) =>
    add(into.serviceEntries, readServiceEntry(one, report, into.config)),
  WorkloadEntry: (one, report, into) => add(into.workloadEntries, readWorkloadEntry(one, report)),
  Sidecar: (one, report, into) => add(into.sidecars, readSidecar(one, report)),
  PeerAuthentication: (one, report, into) =>
    add(into.peerAuthentications, readPeerAuthentication(one, report)),
}

function add<T>(list: T[], entry: T | null): () => void {
  return () => {
    if (entry !== null) list.push(entry)
  }
}

/** An object that is written twice keeps its first place and has its last content. */
function withoutDuplicates(resources: readonly Resource[], report: Report): Resource[] {
  const byName = new Map<string, Resource>()
  for (const resource of resources) {
    const { apiVersion, id } = resource
    // The same kind in two versions is one object to the API server.
    const key = `${apiVersion.split('/').slice(0, -1).join('/')} ${id}`
    const earlier = byName.get(key)
    if (earlier !== undefined) {
      const { file, line } = resource.position()
      report({
        code: 'duplicate-resource',
        level: 'warning',
        message: `${id} is written twice; the one at ${file}:${line} counts, remove the other`,
        position: earlier.position(),
        resource: id,
      })
      // An API server is sent both.
      validate(earlier, report)
    }
    byName.set(key, resource)
  }
  return [...byName.values()]
}

function unknownVersion(resource: Resource, known: readonly string[]): Diagnostic {
  return {
    code: 'unknown-version',
    level: 'error',
    message:
      `${resource.id}: apiVersion ${JSON.stringify(resource.apiVersion)} is none that the cluster serves; ` +
      `write ${JSON.stringify(known[0])}. It is ignored`,
    position: resource.position(['apiVersion']),
    resource: resource.id,
  }
}

/** The readers know better than a schema what is meant at a place that they complain about. */
function unlessKnown(found: readonly Diagnostic[], report: Report): Report {
  if (found.length === 0) return report
  const known = [...found]
  const places = new Set(known.map(({ position }) => JSON.stringify(position)))
  return (diagnostic) => {
    const isKnown = diagnostic.level === 'error' && places.has(JSON.stringify(diagnostic.position))
    if (!isKnown) report(diagnostic)
  }
}

function findMeshConfig(resources: readonly Resource[], report: Report): MeshConfig {
  const map = resources.findLast(isMeshConfig)
  if (map !== undefined) return attempt(() => readMeshConfigMap(map, report)) ?? defaultMeshConfig
  const operator = resources.findLast(isIstioOperator)
  return (operator && attempt(() => readOperatorMeshConfig(operator, report))) ?? defaultMeshConfig
}
