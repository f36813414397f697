import {
  attempt,
  child,
  readList,
  readOptionalInteger,
  readPort,
  readStringMap,
  readText,
  rootOf,
} from '../manifest/read.ts'
import type { Report } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'

/** A Deployment: something that runs, and so both a caller and an endpoint. */
export interface Workload {
  /** `deployment/test-istio/testaaa-release`. */
  readonly id: string
  readonly name: string
  readonly namespace: string
  /** The labels of the pod template: Services and subsets select by them. */
  readonly labels: Readonly<Record<string, string>>
  /** `spec.replicas`; 1 where the manifest does not say (Kubernetes: apps/v1 Deployment). */
  readonly replicas: number
  readonly containerPorts: readonly ContainerPort[]
  readonly resource: Resource
}

/** A port that a container declares. */
export interface ContainerPort {
  readonly name: string | null
  readonly port: number
}

/** Reads a Deployment. */
export function readWorkload(resource: Resource, report: Report): Workload {
  const spec = child(rootOf(resource, report), 'spec')
  const template = child(spec, 'template')
  const containers = readList(child(child(template, 'spec'), 'containers'))
  return {
    id: `deployment/${resource.namespace}/${resource.name}`,
    name: resource.name,
    namespace: resource.namespace,
    labels: readStringMap(child(child(template, 'metadata'), 'labels')),
    replicas: readOptionalInteger(child(spec, 'replicas'), 0, 2_147_483_647) ?? 1,
    containerPorts: containers.flatMap((container) =>
      readList(child(container, 'ports')).flatMap((port) => {
        const read = attempt(() => ({
          name: readText(child(port, 'name')),
          port: readPort(child(port, 'containerPort')),
        }))
        return read === undefined ? [] : [read]
      }),
    ),
    resource,
  }
}
