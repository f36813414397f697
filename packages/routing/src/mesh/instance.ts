import type { Labels } from './labels.ts'
import type { WorkloadAddress } from './workload-entry.ts'
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

/** What is the same for all ports of one place. */
export type Place = Omit<Instance, 'portName' | 'servicePort' | 'targetPort'>

export function ofWorkload(workload: Workload): Omit<Instance, 'portName' | 'targetPort'> {
  const { address, labels, isReady } = workload
  return { servicePort: null, address, labels, isReady, isKubernetes: false, workload }
}

export function ofEntry({
  address,
  labels,
}: Pick<WorkloadAddress, 'address' | 'labels'>): Omit<
  Instance,
  'portName' | 'servicePort' | 'targetPort'
> {
  return { address, labels, isReady: true, isKubernetes: false, workload: null }
}
