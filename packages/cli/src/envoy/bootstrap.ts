import { envoyCluster, socketAddress } from './cluster.ts'
import type { Address } from './cluster.ts'
import type { JsonObject } from './json.ts'
import { envoyListener } from './listener.ts'
import type { EnvoyListener, EnvoyResources } from './resources.ts'

/** Where Envoy answers questions about itself. */
export interface BootstrapOptions {
  readonly admin: Address
}

/** Envoy's whole configuration in one piece: `envoy -c FILE`. */
export function staticBootstrap(resources: EnvoyResources, options: BootstrapOptions): JsonObject {
  return {
    ...common(resources.id, options),
    static_resources: {
      listeners: resources.listeners.map((listener) =>
        envoyListener({ ...listener, routes: inlineRoutes(resources, listener) }),
      ),
      clusters: resources.clusters.map(({ name, endpoints, policy }) =>
        envoyCluster(name, { kind: 'inline', endpoints }, policy),
      ),
    },
  }
}

/**
 * The rest of the configuration is handed over by xDS.
 *
 * @param sources ConfigSources, and the clusters that they need to ask.
 */
export function dynamicBootstrap(
  id: string,
  options: BootstrapOptions,
  sources: {
    readonly listeners: JsonObject
    readonly clusters: JsonObject
    readonly asked?: readonly JsonObject[]
  },
): JsonObject {
  return {
    ...common(id, options),
    static_resources: { clusters: sources.asked ?? [] },
    dynamic_resources: { lds_config: sources.listeners, cds_config: sources.clusters },
  }
}

function common(id: string, { admin }: BootstrapOptions): JsonObject {
  return {
    node: { id, cluster: id.split('/')[1] ?? id },
    admin: { address: socketAddress(admin) },
    layered_runtime: {
      layers: [
        {
          name: 'lanes',
          // Envoy warns without a limit; a mesh of this size needs none below the system's.
          static_layer: { 'overload.global_downstream_max_connections': 50_000 },
        },
      ],
    },
  }
}

function inlineRoutes(
  { routeConfigs }: EnvoyResources,
  { routeConfig }: EnvoyListener,
): { readonly route_config: JsonObject } | null {
  const config = routeConfig === null ? undefined : routeConfigs.get(routeConfig)
  return config === undefined ? null : { route_config: config }
}
