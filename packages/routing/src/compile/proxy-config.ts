import type { Endpoint, HeaderOperations, Mirror, Provenance, Retries } from '../decision.ts'
import type { FaultPolicy } from '../mesh/fault.ts'
import type { PathRewrite } from '../mesh/http-rule.ts'
import type { RouteMatch } from '../mesh/route-match.ts'
import type { Proxy } from './proxy.ts'

/**
 * What istiod would send to one proxy, in Envoy's shape: listener -> route configuration -> virtual host ->
 * route -> cluster -> endpoints. Made by `compile`, read by `decide`, never changed.
 */
export interface ProxyConfig {
  readonly proxy: Proxy
  /** By name. */
  readonly listeners: ReadonlyMap<string, Listener>
  /** Those that serve every address, by port. */
  readonly shared: ReadonlyMap<number, Listener>
  /** By name. */
  readonly routeConfigs: ReadonlyMap<string, RouteConfig>
  /** By name. */
  readonly clusters: ReadonlyMap<string, Cluster>
  /**
   * What a dialled name or address (in lower case) leads to: the Services as this proxy's pod can reach
   * them. Empty on a gateway, where nothing is dialled.
   */
  readonly dialled: ReadonlyMap<string, DialledService>
}

/** A Service, as seen by who dials it. */
export interface DialledService {
  /** `testbbb.test-istio.svc.cluster.local`. */
  readonly host: string
  /** The listeners that serve it alone, by port. */
  readonly listeners: ReadonlyMap<number, Listener>
}

export interface Listener {
  /** `0.0.0.0_32000`, or `<address>_<port>` where it serves one Service only. */
  readonly name: string
  readonly port: number
  /** Routes HTTP requests; null where the listener takes all for bytes. */
  readonly routeConfig: string | null
  /** Takes what is not plain HTTP; null where the connection is closed instead. */
  readonly tcpCluster: string | null
}

export interface RouteConfig {
  /** `32000`; `testbbb.test-istio.svc.cluster.local:32000` for a sniffed port; `http.80` on a gateway. */
  readonly name: string
  readonly virtualHosts: readonly VirtualHost[]
  readonly domains: DomainIndex
}

/** Virtual hosts by domain, in the order in which Envoy looks: exact, `*.suffix`, `prefix.*`, `*`. */
export interface DomainIndex {
  readonly exact: ReadonlyMap<string, VirtualHost>
  /** The longest first; without the asterisk. */
  readonly suffixes: readonly (readonly [suffix: string, VirtualHost])[]
  readonly prefixes: readonly (readonly [prefix: string, VirtualHost])[]
  readonly any: VirtualHost | null
}

export interface VirtualHost {
  /** `testbbb.test-istio.svc.cluster.local:32000`. */
  readonly name: string
  /** Without ports: Envoy ignores the one in Host. */
  readonly domains: readonly string[]
  /** The first that matches decides. */
  readonly routes: readonly Route[]
  /** What configuration alone keeps from this proxy, in the order of `routes`. */
  readonly excluded: readonly Exclusion[]
  /** Whether a request without TLS is sent to https instead. */
  readonly requireTls: boolean
}

/** A rule that this proxy never gets, and why. */
export interface Exclusion {
  /** The index of the route that follows it. */
  readonly before: number
  readonly name: string | null
  readonly origin: Provenance
  readonly code: string
  readonly because: string
}

export interface Route {
  /** As Envoy names it: that of the rule, followed by `.` and that of the match where it has one. */
  readonly name: string | null
  readonly origin: Provenance | null
  readonly match: RouteMatch
  readonly action: RouteAction
  readonly fault: FaultPolicy | null
}

export type RouteAction =
  | {
      readonly kind: 'forward'
      /** Never empty; one of them is drawn by its weight. */
      readonly clusters: readonly WeightedCluster[]
      readonly totalWeight: number
      /** The same clusters, as a decision shows them. */
      readonly weights: readonly { readonly cluster: string; readonly weight: number }[]
      readonly rewrite: PathRewrite | null
      readonly timeout: number | null
      readonly retries: Retries | null
      readonly mirrors: readonly Mirror[]
    }
  | {
      readonly kind: 'redirect'
      readonly status: number
      /** Path with or without a query; null: the request's. */
      readonly path: string | null
      readonly authority: string | null
      readonly scheme: string | null
      readonly port: number | null
      readonly responseHeaders: HeaderOperations
    }
  | {
      readonly kind: 'respond'
      readonly status: number
      readonly body: string
      readonly responseHeaders: HeaderOperations
    }
  /** To where the connection was dialled. */
  | { readonly kind: 'passthrough' }

export interface WeightedCluster {
  /** `outbound|32000|release-v1|testbbb.test-istio.svc.cluster.local`; it may not exist. */
  readonly name: string
  readonly subset: string | null
  readonly weight: number
  /** Those of the route and of the destination in one. */
  readonly requestHeaders: HeaderOperations
  readonly responseHeaders: HeaderOperations
  /** A new Host. */
  readonly authority: string | null
}

export interface Cluster {
  /** `outbound|32000|release-v1|testbbb.test-istio.svc.cluster.local`. */
  readonly name: string
  readonly host: string
  readonly port: number
  readonly subset: string | null
  /**
   * `original-dst`: a headless Service, where the client has already picked the pod; the subset has no
   * effect, so that the endpoints are those of every version.
   */
  readonly type: 'eds' | 'original-dst'
  readonly endpoints: readonly Endpoint[]
  /** The DestinationRule whose subset or traffic policy this is. */
  readonly destinationRule: Provenance | null
  /** The DestinationRule that holds for the host and this proxy, whatever it says. */
  readonly effectiveRule: Provenance | null
}

/** Envoy's name for a cluster of a Service. */
export function clusterName(host: string, port: number, subset: string | null): string {
  return `outbound|${port}|${subset ?? ''}|${host}`
}

/** Envoy's name for the address and port that a listener serves. */
export function listenerName(address: string, port: number): string {
  return `${address}_${port}`
}

/** The address of listeners that several Services share. */
export const anyAddress = '0.0.0.0'
