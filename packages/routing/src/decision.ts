import type { Position } from './diagnostic.ts'

/** A header as it stands on the wire: name and value. Repeated headers are repeated entries, in order. */
export type Header = readonly [name: string, value: string]

/** An HTTP request as the caller's proxy sees it. */
export interface Request {
  readonly method: string
  /**
   * An absolute URL (`http://testbbb.test-istio:32000/a?b`) or a path (`/a?b`). Where `headers` holds no
   * `host`, the URL's host and port are the authority.
   */
  readonly url: string
  /** Raw headers: order and repetition kept, names in any case. */
  readonly headers: readonly Header[]
  readonly destination: Destination
  /** The version that the client speaks; a filter chain can turn on it. Default: `1.1`. */
  readonly http?: HttpVersion
  /**
   * What the client's TLS handshake names; null: the bytes are not TLS. When absent, the host of an
   * `https:` (or `wss:`) URL, else null. A proxy that does not end the TLS sees nothing but this name.
   */
  readonly sni?: string | null
}

export type HttpVersion = '1.0' | '1.1' | '2'

/**
 * Where the connection goes. Istio chooses the listener by it, before any header is read
 * (istio: pilot/pkg/networking/core/listener.go).
 */
export interface Destination {
  /**
   * What was dialled: an IP address, or a name that the caller's DNS resolves to a Service (`testbbb`,
   * `testbbb.test-istio`, …). When absent, the host of `url`.
   */
  readonly address?: string
  readonly port: number
}

/** One endpoint of a cluster. */
export interface Endpoint {
  /** null where only a Deployment is known, as in manifests without pods. */
  readonly address: string | null
  readonly port: number
  /** The workload that answers there: `testbbb-release-v1`; null where the manifests run none. */
  readonly workload: string | null
  readonly namespace: string | null
}

/** What a resource contributed: `VirtualService test-istio/testbbb`, with the line that says so. */
export interface Provenance {
  readonly resource: string
  readonly position: Position
}

/** The route that decided. */
export interface DecidedRoute {
  /** Position in the virtual host's list, from 0; one match entry is one route, as Envoy counts. */
  readonly index: number
  /** `http[].name` in the VirtualService; `default` for a Service without one. */
  readonly name: string | null
  /** null where no resource but Istio's own default made the route. */
  readonly origin: Provenance | null
}

/** An earlier route, and why it was passed over. */
export interface PassedRoute {
  /** null where configuration alone keeps the route from this proxy (gateways, port, source labels). */
  readonly index: number | null
  readonly name: string | null
  readonly origin: Provenance | null
  /**
   * Which condition failed: `header`, `without-header`, `method`, `authority`, `scheme`, `query`, `uri`,
   * `claim`; where configuration excludes it: `gateways`, `port`, `source-labels`, `source-namespace`,
   * `export-to`, `other-virtual-service`.
   */
  readonly code: string
  /** In words: `project-version is absent, the route wants exactly "release-v1"`. */
  readonly because: string
}

/** Envoy's response flags, as its access log prints them. */
export type ResponseFlag = 'NR' | 'NC' | 'UH' | 'FI' | 'DI' | 'DPE'

/** Where the request goes, or what the proxy answers in its place. */
export type Outcome =
  | {
      readonly kind: 'forward'
      /** Envoy's name: `outbound|32000|release-v1|testbbb.test-istio.svc.cluster.local`. */
      readonly cluster: string
      readonly subset: string | null
      /** The endpoints that may be picked; never empty. */
      readonly endpoints: readonly Endpoint[]
      /** All weighted clusters of the route, in order; one entry with weight 100 where there is no split. */
      readonly weights: readonly { readonly cluster: string; readonly weight: number }[]
    }
  | {
      readonly kind: 'respond'
      readonly status: number
      /** Body of a direct response; '' where the proxy sends none. */
      readonly body: string
      readonly flags: readonly ResponseFlag[]
      /** Envoy's response code details: `route_not_found`, `cluster_not_found`, `no_healthy_upstream`, `direct_response`, `fault_filter_abort`. */
      readonly detail: string
      /** The cluster that could not serve, where the route named one. */
      readonly cluster: string | null
      readonly subset: string | null
    }
  | {
      readonly kind: 'redirect'
      readonly status: number
      readonly location: string
    }
  | {
      /**
       * The proxy knows no such host on this port and lets the connection through to where it was
       * dialled (outboundTrafficPolicy ALLOW_ANY): no lane applies.
       */
      readonly kind: 'passthrough'
      /** null where the client has no proxy. */
      readonly cluster: 'PassthroughCluster' | null
      /** Any version may answer: every endpoint of the dialled Service, or the pod that was dialled; empty where it leads out of the cluster. */
      readonly endpoints: readonly Endpoint[]
    }
  | {
      /**
       * The connection is carried as bytes to a cluster: a port declared tcp or tls, a `tcp` or `tls` rule,
       * or what a sniffed port does not take for HTTP. Without endpoints it is closed (flag UH).
       */
      readonly kind: 'tcp'
      readonly cluster: string
      readonly subset: string | null
      readonly endpoints: readonly Endpoint[]
      readonly weights: readonly { readonly cluster: string; readonly weight: number }[]
    }
  | {
      /** Nothing in the mesh listens there: the connection is refused, or leaves the mesh. */
      readonly kind: 'no-listener'
      readonly detail: string
    }
  | {
      /** The proxy takes the connection and closes it: no filter chain fits, or it leads to nowhere. */
      readonly kind: 'reset'
      /** `BlackHoleCluster`, or a cluster that does not exist; null where no filter chain fits. */
      readonly cluster: string | null
      readonly subset: string | null
      readonly flags: readonly ResponseFlag[]
      readonly detail: string
      /** Those whose sidecars close it, where the client has no proxy; absent: the client's own proxy does. */
      readonly endpoints?: readonly Endpoint[]
    }

/**
 * Header changes: `set` overwrites or adds, `add` appends, `remove` deletes every value. To be applied in
 * Envoy's order: all of `remove`, then `set`, then `add`. Names have no case.
 */
export interface HeaderOperations {
  readonly set: readonly Header[]
  readonly add: readonly Header[]
  readonly remove: readonly string[]
}

export interface Retries {
  /** How often to try again after the first try. */
  readonly attempts: number
  /** Milliseconds a try may take; null where only the route's time-out bounds it. */
  readonly perTryTimeout: number | null
  /** Envoy's retry-on conditions: `connect-failure`, `refused-stream`, `5xx`, … */
  readonly on: readonly string[]
  /** Status codes that count as a failed try (numbers in Istio's `retryOn`). */
  readonly statuses: readonly number[]
}

/** Where copies of the request go; their answers are thrown away. */
export interface Mirror {
  readonly cluster: string
  /** How many of 100 requests are copied. */
  readonly percent: number
}

/** A fault that the route injects. `hit` is this request's draw. */
export interface Fault {
  readonly delay: { readonly ms: number; readonly percent: number; readonly hit: boolean } | null
  readonly abort: {
    readonly status: number
    readonly percent: number
    readonly hit: boolean
  } | null
}

/** Where a request goes, and why: what `explain` prints and the local mesh executes. */
export interface Decision {
  /** The proxy that decided: `deployment/test-istio/testaaa-release`, `gateway/test-istio/gateway`. */
  readonly proxy: string
  /** Envoy's names of what was walked; null where the walk ended before. */
  readonly listener: string | null
  readonly routeConfig: string | null
  readonly virtualHost: string | null
  readonly route: DecidedRoute | null
  readonly passed: readonly PassedRoute[]
  readonly outcome: Outcome
  /**
   * The DestinationRule whose subset or policy applies, where one does. With `cluster_not_found` the one
   * in which the subset was looked for: one in the caller's namespace hides the Service's own.
   */
  readonly destinationRule: Provenance | null
  /** The request line after rewriting; null where nothing changes. `path` keeps the query. */
  readonly rewrite: { readonly path: string | null; readonly authority: string | null }
  readonly requestHeaders: HeaderOperations
  readonly responseHeaders: HeaderOperations
  /** Milliseconds for the whole request, all tries included; null: none. */
  readonly timeout: number | null
  readonly retries: Retries | null
  readonly mirrors: readonly Mirror[]
  readonly fault: Fault | null
  /** What cannot be known from manifests and bears on this decision, in sentences. */
  readonly warnings: readonly string[]
}
