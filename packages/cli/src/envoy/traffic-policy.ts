import { parseDuration } from '@traffic-lanes/routing'
import type { Cluster, Provenance, Resource } from '@traffic-lanes/routing'
import { isRecord } from '../mesh/container.ts'
import { any, seconds } from './json.ts'
import type { JsonObject } from './json.ts'

/**
 * What DestinationRules say about how a cluster is reached, beyond its subset: idle connections, limits,
 * outlier detection and the balancer. It changes no decision, so that the engine does not carry it.
 */
export class TrafficPolicies {
  readonly #rules: ReadonlyMap<string, Resource>

  constructor(resources: readonly Resource[]) {
    const rules = resources.filter(({ kind }) => kind === 'DestinationRule')
    this.#rules = new Map(rules.map((rule) => [rule.id, rule]))
  }

  /**
   * The fields of Envoy's Cluster. A subset's policy takes the place of the rule's, block by block; that of
   * a port takes the place of both, whole (istio: cluster_traffic_policy.go, selectTrafficPolicyComponents).
   */
  fieldsOf(cluster: Cluster): JsonObject {
    const whole = at(
      this.#specOf(cluster.effectiveRule ?? cluster.destinationRule),
      'trafficPolicy',
    )
    const subsets = at(this.#specOf(cluster.destinationRule), 'subsets')
    const subset = (Array.isArray(subsets) ? subsets : []).find(
      (one: unknown) => at(one, 'name') === cluster.subset,
    )
    const joined = join(whole, at(subset, 'trafficPolicy'))
    const levels = joined['portLevelSettings']
    const own = (Array.isArray(levels) ? levels : []).find(
      (one: unknown) => at(at(one, 'port'), 'number') === cluster.port,
    )
    return fields(isRecord(own) ? own : joined)
  }

  #specOf(origin: Provenance | null): unknown {
    return origin === null ? undefined : this.#rules.get(origin.resource)?.body['spec']
  }
}

type Block = Readonly<Record<string, unknown>>

function join(whole: unknown, subset: unknown): Block {
  return { ...(isRecord(whole) ? whole : {}), ...(isRecord(subset) ? subset : {}) }
}

function fields(policy: Block): JsonObject {
  const pool = policy['connectionPool']
  const connectTimeout = duration(at(at(pool, 'tcp'), 'connectTimeout'))
  return {
    ...(connectTimeout === null ? {} : { connect_timeout: seconds(connectTimeout) }),
    ...balancer(at(policy['loadBalancer'], 'simple')),
    ...httpOptions(at(pool, 'http')),
    ...outlierDetection(policy['outlierDetection']),
  }
}

/** istio: cluster_traffic_policy.go, applySimpleDefaultLoadBalancer. */
const BALANCERS: ReadonlyMap<unknown, string> = new Map([
  ['ROUND_ROBIN', 'ROUND_ROBIN'],
  ['RANDOM', 'RANDOM'],
  ['LEAST_REQUEST', 'LEAST_REQUEST'],
  ['LEAST_CONN', 'LEAST_REQUEST'],
])

function balancer(simple: unknown): JsonObject {
  const policy = BALANCERS.get(simple)
  return policy === undefined ? {} : { lb_policy: policy }
}

const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions'

function httpOptions(http: unknown): JsonObject {
  const idle = duration(at(http, 'idleTimeout'))
  const most = at(http, 'maxRequestsPerConnection')
  const common = {
    ...(idle === null ? {} : { idle_timeout: seconds(idle) }),
    ...(typeof most === 'number' && most > 0 ? { max_requests_per_connection: most } : {}),
  }
  if (Object.keys(common).length === 0) return {}
  const options = {
    common_http_protocol_options: common,
    explicit_http_config: { http_protocol_options: {} },
  }
  return {
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': any(HTTP_OPTIONS, options),
    },
  }
}

/** istio: cluster_traffic_policy.go, applyOutlierDetection: only what is written, 5xx by gateway errors off. */
function outlierDetection(detection: unknown): JsonObject {
  if (!isRecord(detection)) return {}
  const number = (name: string, field: string): JsonObject => {
    const value = detection[name]
    return typeof value === 'number' ? { [field]: value } : {}
  }
  const time = (name: string, field: string): JsonObject => {
    const ms = duration(detection[name])
    return ms === null ? {} : { [field]: seconds(ms) }
  }
  const gatewayErrors = detection['consecutiveGatewayErrors']
  return {
    outlier_detection: {
      ...number('consecutive5xxErrors', 'consecutive_5xx'),
      ...number('consecutiveGatewayErrors', 'consecutive_gateway_failure'),
      ...(typeof gatewayErrors === 'number' ? { enforcing_consecutive_gateway_failure: 100 } : {}),
      ...time('interval', 'interval'),
      ...time('baseEjectionTime', 'base_ejection_time'),
      ...number('maxEjectionPercent', 'max_ejection_percent'),
      // Istio leaves this to those who ask for it.
      enforcing_success_rate: 0,
    },
  }
}

function at(value: unknown, key: string): unknown {
  return isRecord(value) ? value[key] : undefined
}

function duration(text: unknown): number | null {
  return typeof text === 'string' ? parseDuration(text) : null
}
