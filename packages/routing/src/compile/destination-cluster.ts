import type { Destination } from '../mesh/destination.ts'
import type { Service } from '../mesh/service.ts'
import { clusterName } from './proxy-config.ts'

/** What a destination's Service tells of its cluster. */
export type KnownService = Pick<Service, 'externalName'> & {
  readonly ports: readonly { readonly port: number }[]
}

/**
 * The cluster that a destination means. One that names no port has its Service's only one, else that of the
 * listener; an ExternalName stands for what it names (istio: route.go, GetDestinationCluster). It need not
 * exist.
 */
export function destinationCluster(
  { host, port, subset }: Destination,
  service: KnownService | undefined,
  listenerPort: number,
): string {
  if (host === '') return 'UnknownService'
  const [only, ...others] = service?.ports ?? []
  const implied = only !== undefined && others.length === 0 ? only.port : listenerPort
  return clusterName(service?.externalName ?? host, port ?? implied, subset)
}
