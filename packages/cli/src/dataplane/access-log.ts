import type { Decision, Destination, Endpoint, ResponseFlag } from '@traffic-lanes/routing'

/**
 * Envoy's response flags: those of a decision, and those that only running a request can set. UF could
 * not connect, UC upstream closed before the response's end, UPE upstream spoke no HTTP, UT timed out,
 * URX out of retries, DC the client went away, DPE the client spoke no acceptable HTTP.
 */
export type AccessFlag = ResponseFlag | 'UF' | 'UC' | 'UPE' | 'UT' | 'URX' | 'DC' | 'DPE'

/** What became of one request; handed to `onRequest` when its response, or its tunnel, has ended. */
export interface AccessLogEntry {
  readonly method: string
  /** As the client sent it, with the query, before any rewrite. */
  readonly path: string
  /** The Host header, or the host of an absolute request line; null where there was none. */
  readonly host: string | null
  readonly destination: Destination
  /** What the client got; 0 where it went away, or was cut off, before any response. */
  readonly status: number
  readonly flags: readonly AccessFlag[]
  /** Envoy's response code details: `via_upstream`, `route_not_found`, `response_timeout`, … */
  readonly detail: string
  /** The cluster that the decision names, null without one. */
  readonly cluster: string | null
  /** Who was asked last, null where nobody was. */
  readonly endpoint: Endpoint | null
  /** How often an upstream was asked: 1 + the retries; 0 where the proxy answered itself. */
  readonly tries: number
  /** From the request's head to the response's end, in milliseconds. */
  readonly ms: number
  /** Body bytes of the request that were read, and of the response that were sent. */
  readonly received: number
  readonly sent: number
  /** null where no decision was asked for (a malformed request, a tunnel out of the mesh). */
  readonly decision: Decision | null
}
