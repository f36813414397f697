import type { PathNormalization } from '@traffic-lanes/routing'
import { accessLog } from './access-log.ts'
import { socketAddress } from './cluster.ts'
import type { Address } from './cluster.ts'
import { CORS_FILTER } from './cors.ts'
import type { FlatListener } from './flat-listener.ts'
import { any } from './json.ts'
import type { Json, JsonObject } from './json.ts'
import { FAULT_FILTER } from './route.ts'

/** The routes of a connection manager: written into it, or by RDS from a file that Envoy follows. */
type RouteSupply = { readonly route_config: JsonObject } | { readonly rds: JsonObject }

export interface ListenerOptions {
  readonly name: string
  readonly bind: Address
  /** A gateway's: the client's address goes into x-forwarded-for. */
  readonly isEdge: boolean
  /** null: nothing is taken for HTTP. */
  readonly routes: RouteSupply | null
  readonly acceptsHttp10: boolean
  readonly pathNormalization: PathNormalization
  /** Take what is not HTTP, by their weights; empty: the connection is closed. */
  readonly tcp: FlatListener['tcp']
  /** Looks at the first bytes, as at a port without a declared protocol. */
  readonly sniffs: boolean
}

/** Envoy's Listener. */
export function envoyListener(options: ListenerOptions): JsonObject {
  const { name, bind, routes, sniffs } = options
  const http = routes === null ? null : connectionManager(options, routes)
  const tcp = options.tcp.length === 0 ? null : tcpProxy(name, options.tcp)
  return {
    name,
    address: socketAddress(bind),
    traffic_direction: 'OUTBOUND',
    ...(sniffs && http !== null && tcp !== null
      ? { listener_filters: [HTTP_INSPECTOR], filter_chains: [onlyHttp(http), { filters: [tcp] }] }
      : { filter_chains: [{ filters: [http ?? tcp].filter((one) => one !== null) }] }),
  }
}

const HTTP_INSPECTOR: JsonObject = {
  name: 'envoy.filters.listener.http_inspector',
  typed_config: any('envoy.extensions.filters.listener.http_inspector.v3.HttpInspector'),
}

function onlyHttp(filter: JsonObject): Json {
  return {
    filter_chain_match: { application_protocols: ['http/1.0', 'http/1.1', 'h2c'] },
    filters: [filter],
  }
}

/** As istiod sets it (istio: pilot/pkg/networking/core/listener.go, buildHTTPConnectionManager). */
function connectionManager(
  { name, isEdge, acceptsHttp10, pathNormalization }: ListenerOptions,
  routes: RouteSupply,
): JsonObject {
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typed_config: any(
      'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
      {
        stat_prefix: name,
        ...routes,
        use_remote_address: isEdge,
        ...normalizations[pathNormalization],
        stream_idle_timeout: '0s',
        generate_request_id: true,
        ...(acceptsHttp10 ? { http_protocol_options: { accept_http_10: true } } : {}),
        upgrade_configs: [{ upgrade_type: 'websocket' }],
        access_log: [accessLog],
        http_filters: [
          { name: CORS_FILTER, typed_config: any('envoy.extensions.filters.http.cors.v3.Cors') },
          {
            name: FAULT_FILTER,
            typed_config: any('envoy.extensions.filters.http.fault.v3.HTTPFault'),
          },
          {
            name: 'envoy.filters.http.router',
            typed_config: any('envoy.extensions.filters.http.router.v3.Router'),
          },
        ],
      },
    ),
  }
}

const normalizations: Readonly<Record<PathNormalization, JsonObject>> = {
  NONE: { normalize_path: false },
  BASE: { normalize_path: true },
  MERGE_SLASHES: { normalize_path: true, merge_slashes: true },
  DECODE_AND_MERGE_SLASHES: {
    normalize_path: true,
    merge_slashes: true,
    path_with_escaped_slashes_action: 'UNESCAPE_AND_FORWARD',
  },
}

function tcpProxy(name: string, weights: FlatListener['tcp']): JsonObject {
  const [only, ...others] = weights
  const clusters = weights.map(({ cluster, weight }) => ({ name: cluster, weight }))
  return {
    name: 'envoy.filters.network.tcp_proxy',
    typed_config: any('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', {
      stat_prefix: name,
      ...(only !== undefined && others.length === 0
        ? { cluster: only.cluster }
        : { weighted_clusters: { clusters } }),
    }),
  }
}
