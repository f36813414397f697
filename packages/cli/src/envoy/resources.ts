import type { Cluster, ProxyConfig } from '@traffic-lanes/routing'
import { CliError } from '../errors.ts'
import type { Address } from './cluster.ts'
import type { FlatListener } from './flat-listener.ts'
import type { JsonObject } from './json.ts'
import type { ListenerOptions } from './listener.ts'
import { envoyRouteConfig } from './route-config.ts'
import type { Passthrough } from './route.ts'
import type { TrafficPolicies } from './traffic-policy.ts'

/** An Envoy listener to open for a listener of the engine's. */
export interface Binding {
  /** Unique in its proxy. */
  readonly name: string
  readonly listener: FlatListener
  readonly bind: Address
  /** Where hosts go that the proxy does not know. */
  readonly passthrough: Passthrough
}

/** What one proxy consists of, before it is known whether Envoy gets it in one piece or by xDS. */
export interface EnvoyResources {
  /** `deployment/test-istio/testaaa-release`. */
  readonly id: string
  readonly listeners: readonly EnvoyListener[]
  /** By name; each listener has its own. */
  readonly routeConfigs: ReadonlyMap<string, JsonObject>
  readonly clusters: readonly EnvoyCluster[]
}

export interface EnvoyListener extends Omit<ListenerOptions, 'routes'> {
  /** Key of `routeConfigs`; null: nothing is taken for HTTP. */
  readonly routeConfig: string | null
}

interface EnvoyCluster {
  readonly name: string
  readonly endpoints: readonly Address[]
  /** What its DestinationRule says beyond the subset. */
  readonly policy: JsonObject
}

/**
 * What Envoy needs to do as the engine decides for this proxy.
 *
 * @throws CliError (exit code 1) for an endpoint without an address: nobody can connect to it.
 */
export function envoyResources(
  config: ProxyConfig,
  bindings: readonly Binding[],
  policies: TrafficPolicies,
): EnvoyResources {
  const routeConfigs = new Map<string, JsonObject>()
  for (const { name, listener, passthrough } of bindings) {
    const routes = routeConfigOf(config, listener)
    if (routes !== undefined) routeConfigs.set(name, envoyRouteConfig(routes, passthrough, name))
  }
  return {
    id: config.proxy.id,
    listeners: bindings.map(({ name, listener, bind }) => ({
      name,
      bind,
      isEdge: config.proxy.type === 'gateway',
      routeConfig: routeConfigs.has(name) ? name : null,
      acceptsHttp10: listener.acceptsHttp10,
      pathNormalization: config.pathNormalization,
      tcp: listener.tcp.filter(({ cluster }) => config.clusters.has(cluster)),
      sniffs: listener.sniffs,
    })),
    routeConfigs,
    clusters: [...config.clusters.values()].map((cluster) => ({
      name: cluster.name,
      endpoints: cluster.endpoints.map((endpoint) => addressOf(cluster, endpoint)),
      policy: policies.fieldsOf(cluster),
    })),
  }
}

function routeConfigOf(config: ProxyConfig, { routeConfig }: FlatListener) {
  return routeConfig === null ? undefined : config.routeConfigs.get(routeConfig)
}

function addressOf({ name }: Cluster, endpoint: Cluster['endpoints'][number]): Address {
  const { address, port } = endpoint
  const workload = endpoint.workload ?? 'it'
  if (address !== null) return { address, port }
  throw new CliError(
    `nothing says where ${workload} answers, which is an endpoint of ${name}; say it by \`--endpoint ${workload}=HOST:PORT\``,
    1,
  )
}
