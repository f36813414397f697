import type { Retries } from '@traffic-lanes/routing'
import type { FailureKind } from './failure.ts'

// Envoy, router filter: the base interval is 25 ms, the longest ten times that.
const BASE_INTERVAL = 25
const MAX_INTERVAL = 250

/** Whether an upstream's answer counts as a failed try (envoy: retry_state_impl.cc, wouldRetryFromHeaders). */
export function retriesStatus({ on, statuses }: Retries, status: number): boolean {
  return (
    (status >= 500 && status <= 599 && on.includes('5xx')) ||
    (status >= 502 && status <= 504 && on.includes('gateway-error')) ||
    (status === 409 && on.includes('retriable-4xx')) ||
    statuses.includes(status)
  )
}

/**
 * Whether a try that brought no answer is worth another (envoy: retry_state_impl.cc,
 * wouldRetryFromReset). Envoy takes every reset, a per-try time-out too, for a 5xx, since it ends as
 * one. `refused-stream` is of HTTP/2 and never happens here.
 *
 * @param sent whether the request's head had left for the upstream.
 */
export function retriesFailure({ on }: Retries, kind: FailureKind, sent: boolean): boolean {
  if (kind === 'local') return false
  return (
    on.includes('reset') ||
    on.includes('5xx') ||
    on.includes('gateway-error') ||
    (kind === 'connect' && on.includes('connect-failure')) ||
    (!sent && on.includes('reset-before-request'))
  )
}

/**
 * Milliseconds to wait before retry number `retry` (from 1): fully jittered, exponential (envoy:
 * backoff_strategy.cc, JitteredExponentialBackOffStrategy).
 */
export function backOff(retry: number): number {
  return Math.random() * Math.min(MAX_INTERVAL, BASE_INTERVAL * 2 ** (retry - 1))
}
