import type { Cluster, ProxyConfig } from '../compile/proxy-config.ts'
import type { Endpoint } from '../decision.ts'

/** Where a cluster may send to: its own endpoints, or what the client has dialled. */
export function endpointsOf(
  { network }: ProxyConfig,
  { type, endpoints }: Cluster,
  addresses: readonly string[],
  port: number,
): readonly Endpoint[] {
  return type === 'original-dst' ? network.at(addresses, port) : endpoints
}
