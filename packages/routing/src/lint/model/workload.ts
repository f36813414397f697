import type { Labels } from '../../mesh/labels.ts'
import type { Resource } from '../../manifest/resource.ts'
import { Part } from '../part.ts'

/** Something that runs pods. */
export interface WorkloadView {
  /** As `--from` names it: `deployment/test-istio/testaaa-release`. */
  readonly id: string
  readonly resource: Resource
  readonly namespace: string
  /** The pod template; of a Pod the Pod itself. */
  readonly template: Part
  /** The labels of its pods. */
  readonly labels: Labels
  /** How many pods it asks for; 1 where the manifest does not say. */
  readonly replicas: number
}

/** The kinds that run pods, by API group. */
export const workloadKinds: ReadonlyMap<string, readonly string[]> = new Map([
  ['', ['Pod']],
  ['apps', ['Deployment', 'StatefulSet', 'ReplicaSet', 'DaemonSet']],
])

export function readWorkloadView(resource: Resource): WorkloadView {
  const root = Part.of(resource)
  const template = resource.kind === 'Pod' ? root : root.get('spec', 'template')
  return {
    id: `${resource.kind.toLowerCase()}/${resource.namespace}/${resource.name}`,
    resource,
    namespace: resource.namespace,
    template,
    labels: template.get('metadata', 'labels').labels(),
    replicas: resource.kind === 'Pod' ? 1 : (root.get('spec', 'replicas').number ?? 1),
  }
}
