import type { RouteConfig, VirtualHost } from '@traffic-lanes/routing'
import type { JsonObject } from './json.ts'
import { envoyRoute } from './route.ts'
import type { Passthrough } from './route.ts'

/** Envoy's own limit for the body of a direct response, in bytes; larger ones must be asked for. */
const DIRECT_RESPONSE_LIMIT = 4096

/**
 * Envoy's RouteConfiguration. A cluster that does not exist is no error here, as with istiod: the request
 * gets 503 with flag NC.
 *
 * @param name Default: that of the configuration.
 */
export function envoyRouteConfig(
  config: RouteConfig,
  passthrough: Passthrough,
  name = config.name,
): JsonObject {
  const longest = Math.max(0, ...config.virtualHosts.flatMap(({ routes }) => routes.map(bodySize)))
  return {
    name,
    virtual_hosts: config.virtualHosts.map((host) => virtualHost(host, passthrough)),
    validate_clusters: false,
    ignore_port_in_host_matching: true,
    ...(longest > DIRECT_RESPONSE_LIMIT ? { max_direct_response_body_size_bytes: longest } : {}),
  }
}

function virtualHost(
  { name, domains, routes, requireTls }: VirtualHost,
  passthrough: Passthrough,
): JsonObject {
  return {
    name,
    domains: [...domains],
    routes: routes.flatMap((route) => envoyRoute(route, passthrough) ?? []),
    include_request_attempt_count: true,
    ...(requireTls ? { require_tls: 'ALL' } : {}),
  }
}

function bodySize({ action }: VirtualHost['routes'][number]): number {
  return action.kind === 'respond' ? Buffer.byteLength(action.body) : 0
}
