import type { Endpoint, HeaderOperations, Mirror, Provenance, Retries } from '../decision.ts'
import type { Subnet } from '../mesh/address.ts'
import type { CorsPolicy } from '../mesh/cors.ts'
import type { FaultPolicy } from '../mesh/fault.ts'
import type { PathRewrite } from '../mesh/http-rule.ts'
import type { RouteMatch } from '../mesh/route-match.ts'
import type { PathNormalization } from '../mesh/mesh-config.ts'
import type { Proxy } from './proxy.ts'

/**
 * What istiod would send to one proxy, in Envoy's shape: listener -> filter chain -> route configuration ->
 * virtual host -> route -> cluster -> endpoints. Made by `compile`, read by `decide`, never changed.
 */
export interface ProxyConfig {
  readonly proxy: Proxy
  /** By port. */
  readonly listeners: ReadonlyMap<number, PortListeners>
  /** Takes every connection that no other listener takes; null: nothing does, as on a gateway. */
  readonly lastListener: Listener | null
  /** By name. */
  readonly routeConfigs: ReadonlyMap<string, RouteConfig>
  /** By name. */
  readonly clusters: ReadonlyMap<string, Cluster>
  /** What the caller's DNS and kube-proxy make of what is dialled. */
  readonly network: Network
  /** What is done to a request's path before any route is tried. */
  readonly pathNormalization: PathNormalization
  /** On a gateway: the pod's port behind each port of the Services that select it. */
  readonly targetPorts: ReadonlyMap<number, number>
}

/** The cluster's network, as the proxy's pod sees it. */
export interface Network {
  /** The addresses that a client may dial for a name, the first of which it takes; never empty. */
  resolve(name: string): readonly string[]
  /** Where a connection ends up that the mesh lets through; empty where that is out of the cluster. */
  beyond(addresses: readonly string[], port: number): readonly Endpoint[]
  /** The same where the proxy itself goes to the address that was dialled. */
  at(addresses: readonly string[], port: number): readonly Endpoint[]
}

/** The listeners of one port. */
export interface PortListeners {
  readonly byAddress: ReadonlyMap<string, Listener>
  /** For every other address. */
  readonly any: Listener | null
}

export interface Listener {
  /** `0.0.0.0_32000`, or `<address>_<port>` where it serves one Service only; `virtualOutbound`. */
  readonly name: string
  /** Those that ask for something. */
  readonly chains: readonly FilterChain[]
  /** Takes what none of them takes; null: the connection is closed. */
  readonly lastChain: FilterChain | null
  /** Whether it reads the TLS handshake, without which no name in it counts. */
  readonly inspectsTls: boolean
  /** Whether it looks for plain HTTP. */
  readonly inspectsHttp: boolean
}

/** What a listener does with some connections. */
export interface FilterChain {
  readonly match: ChainMatch
  /** Whether the proxy ends the client's TLS, and so wants it. */
  readonly endsTls: boolean
  readonly target: ChainTarget
}

/** What a filter chain asks for; empty lists ask for nothing. */
export interface ChainMatch {
  /** Of what was dialled. */
  readonly subnets: readonly Subnet[]
  /** `foo.com` or `*.foo.com`. */
  readonly serverNames: readonly string[]
  /** Plain HTTP/1.1 or HTTP/2, as `inspectsHttp` finds it. */
  readonly plainHttp: boolean
  /** Istio's own TLS, by its application protocols: only other proxies speak it. */
  readonly istioTls: boolean
}

export type ChainTarget =
  | { readonly kind: 'http'; readonly routeConfig: string; readonly http10: boolean }
  /** The bytes go to one of the clusters, drawn by weight. */
  | {
      readonly kind: 'tcp'
      readonly weights: readonly { readonly cluster: string; readonly weight: number }[]
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
  readonly cors: CorsPolicy | null
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
      /** What is answered where the cluster does not exist. */
      readonly missingStatus: 500 | 503
    }
  | {
      readonly kind: 'redirect'
      readonly status: number
      /** Path with or without a query; null: the request's. */
      readonly path: string | null
      /** What takes the place of the prefix that matched. */
      readonly prefixRewrite: string | null
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
   * `original-dst`: the client has already picked the address, as of a headless Service; subsets have no
   * effect. `dynamic`: by the name that the request asks for.
   */
  readonly type: 'eds' | 'dns' | 'original-dst' | 'dynamic'
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

/** What connections lead to that the mesh lets through. */
export const passthroughCluster = 'PassthroughCluster'

/** What connections lead to that the mesh does not let through. */
export const blackHoleCluster = 'BlackHoleCluster'
