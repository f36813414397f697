/** What becomes of one request: the part of an explanation that Istio and Envoy decide. */
export interface Answer {
  readonly listener: string | null
  readonly routeConfig: string | null
  readonly virtualHost: string | null
  readonly route: { readonly index: number; readonly name: string | null } | null
  readonly outcome: Outcome
  readonly rewrite: { readonly path: string | null; readonly host: string | null } | null
  readonly requestHeaders: HeaderOperations
  readonly responseHeaders: HeaderOperations
  /** Milliseconds; 0: none. */
  readonly timeout: number | null
  readonly retries: {
    readonly attempts: number
    readonly perTryTimeout: number | null
    readonly on: readonly string[]
    readonly statuses: readonly number[]
  } | null
  readonly mirrors: readonly { readonly cluster: string; readonly percent: number }[]
  readonly fault: {
    readonly delay: { readonly ms: number; readonly percent: number } | null
    readonly abort: { readonly status: number; readonly percent: number } | null
  } | null
}

export interface Outcome {
  readonly kind:
    'forward' | 'respond' | 'redirect' | 'passthrough' | 'tcp' | 'no-listener' | 'reset'
  readonly cluster: string | null
  readonly subset: string | null
  readonly endpoints: readonly Endpoint[]
  readonly weights: readonly { readonly cluster: string; readonly weight: number }[]
  readonly status: number | null
  readonly body: string | null
  readonly flags: readonly string[]
  readonly detail: string | null
  readonly location: string | null
}

export interface Endpoint {
  readonly address: string | null
  readonly port: number
  readonly workload: string | null
  readonly namespace: string | null
}

/** To be applied in this order: remove, set, add. */
export interface HeaderOperations {
  readonly set: readonly (readonly [name: string, value: string])[]
  readonly add: readonly (readonly [name: string, value: string])[]
  readonly remove: readonly string[]
}

/** A request that makes no sense to the one who is asked. */
export interface NoAnswer {
  readonly error: string
}

export function isAnswer(given: Answer | NoAnswer): given is Answer {
  return !('error' in given)
}
