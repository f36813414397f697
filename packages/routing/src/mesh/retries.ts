import type { Retries } from '../decision.ts'
import { child, isPresent, readOptionalInteger, readText } from '../manifest/read.ts'
import type { Field } from '../manifest/read.ts'
import { readDuration } from './duration.ts'

/**
 * What Istio retries where a rule says nothing, since 1.24
 * (istio: pilot/pkg/networking/core/route/retry/retry.go).
 */
export const defaultRetries: Retries = {
  attempts: 2,
  perTryTimeout: null,
  on: ['connect-failure', 'refused-stream', 'unavailable', 'cancelled', 'retriable-status-codes'],
  statuses: [],
}

/** Reads `retries`: null where absent, `off` where `attempts` is 0, which switches them off. */
export function readRetries(field: Field): Retries | 'off' | null {
  if (!isPresent(field)) return null
  const attempts = readOptionalInteger(child(field, 'attempts'), 0, 2_147_483_647) ?? 0
  const perTryTimeout = readDuration(child(field, 'perTryTimeout'))
  const retryOn = readText(child(field, 'retryOn'))
  if (attempts === 0) return 'off'
  return {
    attempts,
    perTryTimeout: perTryTimeout === 0 ? null : perTryTimeout,
    ...(retryOn === null ? { on: defaultRetries.on, statuses: [] } : parseRetryOn(retryOn)),
  }
}

/** Takes a `retryOn` apart into Envoy's conditions and status codes. */
export function parseRetryOn(retryOn: string): Pick<Retries, 'on' | 'statuses'> {
  const on: string[] = []
  const statuses: number[] = []
  for (const part of retryOn.split(',').map((one) => one.trim())) {
    if (part === '') continue
    if (/^\d+$/.test(part) && isStatus(Number(part))) statuses.push(Number(part))
    else on.push(part)
  }
  if (statuses.length > 0 && !on.includes('retriable-status-codes'))
    on.push('retriable-status-codes')
  return { on, statuses }
}

/** The status codes that Go's net/http has a text for; other numbers stay words, as in Istio. */
export function isStatus(code: number): boolean {
  return statusRanges.some(([from, to]) => code >= from && code <= to)
}

const statusRanges = [
  [100, 103],
  [200, 208],
  [226, 226],
  [300, 305],
  [307, 308],
  [400, 418],
  [421, 426],
  [428, 429],
  [431, 431],
  [451, 451],
  [500, 508],
  [510, 511],
] as const
