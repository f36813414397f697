import {
  attempt,
  child,
  isRecord,
  readList,
  readOptionalInteger,
  readPort,
  readStringMap,
  readText,
  rootOf,
} from '../manifest/read.ts'
import type { Field, Report } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'

/**
 * A Deployment, StatefulSet, ReplicaSet or Pod: something that runs, and so both a caller and an endpoint. It
 * stands for one pod, however many replicas it asks for: they are all alike.
 */
export interface Workload {
  /** `deployment/test-istio/testaaa-release`. */
  readonly id: string
  readonly name: string
  readonly namespace: string
  /** The pods' labels: Services and subsets select by them. */
  readonly labels: Readonly<Record<string, string>>
  /** `spec.replicas`; 1 where the manifest does not say (Kubernetes: apps/v1 Deployment). */
  readonly replicas: number
  readonly containerPorts: readonly ContainerPort[]
  /** The name of its pod: its own for a Pod, else with `-0` behind it. */
  readonly podName: string
  /** The pod's address: `status.podIP`, or one that is made up (see `assignAddresses`). */
  readonly address: string
  readonly hasAssignedAddress: boolean
  /** Whether the pod takes requests; one that is not running yet will. */
  readonly isReady: boolean
  /** `hostname` and `subdomain`, by which DNS knows a pod of a headless Service. */
  readonly hostname: string | null
  readonly subdomain: string | null
  readonly resource: Resource
}

/** A port that a container declares. */
export interface ContainerPort {
  readonly name: string | null
  readonly port: number
  /** `TCP`, `UDP`, `SCTP`. */
  readonly transport: string
}

/** Reads a Deployment. */
export function readDeployment(resource: Resource, report: Report): Workload {
  return readController(resource, 'deployment', report)
}

/** Reads a StatefulSet, whose pods DNS knows by name. */
export function readStatefulSet(resource: Resource, report: Report): Workload {
  const serviceName = readText(child(child(rootOf(resource, report), 'spec'), 'serviceName'))
  const read = readController(resource, 'statefulset', report)
  return { ...read, hostname: read.podName, subdomain: serviceName }
}

/** Reads a ReplicaSet; null for one that a Deployment keeps, which stands for it. */
export function readReplicaSet(resource: Resource, report: Report): Workload | null {
  const owners = readList(child(child(rootOf(resource, report), 'metadata'), 'ownerReferences'))
  return owners.length > 0 ? null : readController(resource, 'replicaset', report)
}

/** Reads a Pod. */
export function readPod(resource: Resource, report: Report): Workload {
  const root = rootOf(resource, report)
  const status = child(root, 'status')
  const address = readText(child(status, 'podIP'))
  const ready = readList(child(status, 'conditions')).some(
    ({ value }) => isRecord(value) && value['type'] === 'Ready' && value['status'] === 'True',
  )
  const { name, namespace, labels } = resource
  const spec = child(root, 'spec')
  return {
    id: `pod/${namespace}/${name}`,
    name,
    namespace,
    labels,
    replicas: 1,
    containerPorts: readContainerPorts(spec),
    podName: name,
    address: address ?? '',
    hasAssignedAddress: false,
    isReady: address === null || ready,
    hostname: readText(child(spec, 'hostname')),
    subdomain: readText(child(spec, 'subdomain')),
    resource,
  }
}

function readController(resource: Resource, kind: string, report: Report): Workload {
  const { name, namespace } = resource
  const spec = child(rootOf(resource, report), 'spec')
  const template = child(spec, 'template')
  return {
    id: `${kind}/${namespace}/${name}`,
    name,
    namespace,
    labels: readStringMap(child(child(template, 'metadata'), 'labels')),
    replicas: readOptionalInteger(child(spec, 'replicas'), 0, 2_147_483_647) ?? 1,
    containerPorts: readContainerPorts(child(template, 'spec')),
    podName: `${name}-0`,
    address: '',
    hasAssignedAddress: false,
    isReady: true,
    hostname: readText(child(child(template, 'spec'), 'hostname')),
    subdomain: readText(child(child(template, 'spec'), 'subdomain')),
    resource,
  }
}

function readContainerPorts(spec: Field): ContainerPort[] {
  return readList(child(spec, 'containers')).flatMap((container) =>
    readList(child(container, 'ports')).flatMap((port) => {
      const read = attempt(() => ({
        name: readText(child(port, 'name')),
        port: readPort(child(port, 'containerPort')),
        transport: readText(child(port, 'protocol')) ?? 'TCP',
      }))
      return read === undefined ? [] : [read]
    }),
  )
}
