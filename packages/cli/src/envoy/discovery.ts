import { createHash } from 'node:crypto'
import { envoyCluster, loadAssignment } from './cluster.ts'
import { any } from './json.ts'
import type { JsonObject } from './json.ts'
import { envoyListener } from './listener.ts'
import type { EnvoyResources } from './resources.ts'

/** From where an Envoy takes what its listeners and clusters refer to. */
export interface Sources {
  /** A ConfigSource for the route configuration of this name. */
  readonly routes: (name: string) => JsonObject
  /** A ConfigSource for the endpoints of every cluster; null: they stand in the cluster. */
  readonly endpoints: JsonObject | null
}

/** What Envoy is answered when it asks for one kind of resources. */
export interface DiscoveryResponse {
  readonly version_info: string
  readonly resources: readonly JsonObject[]
}

/** All that an Envoy may ask for. */
export interface Discovery {
  readonly listeners: DiscoveryResponse
  readonly clusters: DiscoveryResponse
  /** By name. */
  readonly routes: ReadonlyMap<string, DiscoveryResponse>
  /** By cluster. */
  readonly endpoints: ReadonlyMap<string, DiscoveryResponse>
}

/** Cuts the configuration of one proxy into what xDS hands over piece by piece. */
export function discoveryOf(resources: EnvoyResources, sources: Sources): Discovery {
  const listeners = resources.listeners.map(({ routeConfig, ...listener }) => {
    const routes =
      routeConfig === null
        ? null
        : { rds: { route_config_name: routeConfig, config_source: sources.routes(routeConfig) } }
    return envoyListener({ ...listener, routes })
  })
  const clusters = resources.clusters.map(({ name, endpoints, policy }) =>
    envoyCluster(
      name,
      sources.endpoints === null
        ? { kind: 'inline', endpoints }
        : { kind: 'followed', config: sources.endpoints },
      policy,
    ),
  )
  const routes = [...resources.routeConfigs].map(
    ([name, config]) => [name, response(ROUTES, [config])] as const,
  )
  const endpoints = resources.clusters.map(
    (cluster) =>
      [
        cluster.name,
        response(ENDPOINTS, [loadAssignment(cluster.name, cluster.endpoints)]),
      ] as const,
  )
  return {
    listeners: response(LISTENER, listeners),
    clusters: response(CLUSTER, clusters),
    routes: new Map(routes),
    endpoints: new Map(sources.endpoints === null ? [] : endpoints),
  }
}

/**
 * The versions on which Envoy runs when it has taken all, by the name of the statistic that tells each,
 * without its end `.version_text`.
 */
export function versionsOf(discovery: Discovery): ReadonlyMap<string, string> {
  const versions: (readonly [string, DiscoveryResponse])[] = [
    ['listener_manager.lds', discovery.listeners],
    ['cluster_manager.cds', discovery.clusters],
    // A listener and its routes have one name (resources.ts).
    ...[...discovery.routes].map(([name, one]) => [`http.${name}.rds.${name}`, one] as const),
    ...[...discovery.endpoints].map(([name, one]) => [`cluster.${name}`, one] as const),
  ]
  return new Map(versions.map(([name, one]) => [name.replaceAll(':', '_'), one.version_info]))
}

const LISTENER = 'envoy.config.listener.v3.Listener'
const CLUSTER = 'envoy.config.cluster.v3.Cluster'
const ROUTES = 'envoy.config.route.v3.RouteConfiguration'
const ENDPOINTS = 'envoy.config.endpoint.v3.ClusterLoadAssignment'

/** The same content has the same version, and so is no news. */
function response(type: string, resources: readonly JsonObject[]): DiscoveryResponse {
  const digest = createHash('sha256').update(JSON.stringify(resources)).digest('hex')
  return {
    version_info: digest.slice(0, 16),
    resources: resources.map((resource) => any(type, resource)),
  }
}
