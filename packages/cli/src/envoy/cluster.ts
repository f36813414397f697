import type { Json, JsonObject } from './json.ts'

/** An address and a port that something answers on. */
export interface Address {
  readonly address: string
  readonly port: number
}

/** The largest value of an unsigned 32-bit number: no limit (istio: cluster_traffic_policy.go). */
const UNLIMITED = 4_294_967_295

/** How a cluster learns its endpoints: written into it, or by EDS. */
export type EndpointSupply =
  | { readonly kind: 'inline'; readonly endpoints: readonly Address[] }
  | { readonly kind: 'followed'; readonly config: JsonObject }

/**
 * Envoy's Cluster with what Istio sets on every one of them.
 *
 * @param policy What a DestinationRule puts over that.
 */
export function envoyCluster(
  name: string,
  supply: EndpointSupply,
  policy: JsonObject = {},
): JsonObject {
  return {
    name,
    ...(supply.kind === 'followed'
      ? followed(name, supply.config)
      : inline(name, supply.endpoints)),
    // MeshConfig.connectTimeout.
    connect_timeout: '10s',
    lb_policy: 'LEAST_REQUEST',
    circuit_breakers: {
      thresholds: [
        {
          max_connections: UNLIMITED,
          max_pending_requests: UNLIMITED,
          max_requests: UNLIMITED,
          max_retries: UNLIMITED,
          track_remaining: true,
        },
      ],
    },
    ...policy,
  }
}

/** A cluster of Envoy's own, no Service of the mesh. */
export function staticClusterAt(name: string, address: Address): JsonObject {
  return { name, type: 'STATIC', load_assignment: loadAssignment(name, [address]) }
}

/** Envoy's ClusterLoadAssignment. */
export function loadAssignment(name: string, endpoints: readonly Address[]): JsonObject {
  return {
    cluster_name: name,
    endpoints: endpoints.length === 0 ? [] : [{ lb_endpoints: endpoints.map(endpoint) }],
  }
}

function inline(name: string, endpoints: readonly Address[]): JsonObject {
  const isNamed = endpoints.some(({ address }) => !isIpAddress(address))
  return {
    type: isNamed ? 'STRICT_DNS' : 'STATIC',
    load_assignment: loadAssignment(name, endpoints),
  }
}

function followed(name: string, config: JsonObject): JsonObject {
  return { type: 'EDS', eds_cluster_config: { service_name: name, eds_config: config } }
}

function endpoint(address: Address): Json {
  return { endpoint: { address: socketAddress(address) } }
}

/** Envoy's Address. */
export function socketAddress({ address, port }: Address): JsonObject {
  return { socket_address: { address, port_value: port } }
}

function isIpAddress(address: string): boolean {
  return /^[\d.]+$/.test(address) || address.includes(':')
}
