import type { Resource } from '../manifest/resource.ts'
import type { Labels } from './labels.ts'
import type { Protocol } from './protocol.ts'
import type { Visibility } from './visibility.ts'

/** A Service as the mesh's registry knows it: a Kubernetes Service, or one host of a ServiceEntry. */
export interface Service {
  /** `testbbb.test-istio.svc.cluster.local`; for a ServiceEntry also a wildcard. */
  readonly host: string
  /** Of a ServiceEntry the host: Istio orders Services of one age by it. */
  readonly name: string
  readonly namespace: string
  readonly registry: 'kubernetes' | 'external'
  /** `headless`: its name resolves to the pods' own addresses, and so the client picks the pod. */
  readonly type: 'ClusterIP' | 'headless' | 'ExternalName' | 'ServiceEntry'
  readonly resolution: Resolution
  /**
   * The addresses at which it is dialled; a ServiceEntry may name whole subnets. Empty: none of its own, as
   * a headless Service's.
   */
  readonly addresses: readonly string[]
  /** Whether the manifests hold no address, and the first is made up (see `assignAddresses`). */
  readonly hasAssignedAddress: boolean
  /** What an ExternalName stands for. */
  readonly externalName: string | null
  /** ExternalNames that stand for it. */
  readonly aliases: readonly Alias[]
  /** null: a Service without a selector, whose endpoints are written down or unknown. */
  readonly selector: Labels | null
  readonly ports: readonly ServicePort[]
  /** Namespaces whose callers know the Service (annotation `networking.istio.io/exportTo`, `exportTo`). */
  readonly visibility: Visibility
  /** `exportTo` as a ServiceEntry writes it; empty: nothing is written. */
  readonly exportTo: readonly string[]
  /** Whether it is outside the mesh (`MESH_EXTERNAL`, ExternalName). */
  readonly isExternal: boolean
  readonly publishesNotReady: boolean
  readonly createdAt: number
  readonly resource: Resource
}

/**
 * How the proxy finds the endpoints: by the mesh's registry, as the client dialled, by DNS, or through another
 * Service's name (istio: pilot/pkg/model/service.go, Resolution).
 */
export type Resolution =
  'registry' | 'passthrough' | 'dns' | 'dns-round-robin' | 'dynamic-dns' | 'alias'

/** An ExternalName that stands for a Service. */
export interface Alias {
  readonly host: string
  readonly namespace: string
}

/** A port of a Service. */
export interface ServicePort {
  readonly name: string | null
  readonly port: number
  /** A number, or the name of a container port. */
  readonly targetPort: number | string
  readonly protocol: Protocol
  /** What Kubernetes has it carry: `TCP`, `UDP`, `SCTP`. */
  readonly transport: string
}

/** The ports that Istio has a say in: it leaves UDP alone. */
export function tcpPorts({ ports }: Pick<Service, 'ports'>): ServicePort[] {
  return ports.filter(({ protocol }) => protocol !== 'udp')
}

/** Whether the proxy asks DNS for its endpoints. */
export function isDns({ resolution }: Pick<Service, 'resolution'>): boolean {
  return resolution === 'dns' || resolution === 'dns-round-robin'
}
