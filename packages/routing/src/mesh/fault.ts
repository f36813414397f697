import {
  child,
  isPresent,
  readOptionalInteger,
  readOptionalNumber,
  readText,
} from '../manifest/read.ts'
import type { Field } from '../manifest/read.ts'
import { readDuration } from './duration.ts'

/** The faults that a rule injects; each request draws whether it is hit. */
export interface FaultPolicy {
  readonly delay: { readonly ms: number; readonly percent: number } | null
  readonly abort: { readonly status: number; readonly percent: number } | null
}

/**
 * Reads `fault`; null where it does nothing. Without a percentage no request is hit
 * (istio: route.go, TranslateFault).
 */
export function readFault(field: Field): FaultPolicy | null {
  const delay = child(field, 'delay')
  const abort = child(field, 'abort')
  const ms = readDuration(child(delay, 'fixedDelay'))
  // A gRPC status goes into a header of an answer that is well by HTTP (Envoy: fault_filter.cc, abortStatus).
  const status =
    readOptionalInteger(child(abort, 'httpStatus'), 200, 599) ??
    (readText(child(abort, 'grpcStatus')) === null ? null : 200)
  const policy: FaultPolicy = {
    delay: ms === null ? null : { ms, percent: readPercent(delay) },
    abort: status === null ? null : { status, percent: readPercent(abort) },
  }
  return policy.delay === null && policy.abort === null ? null : policy
}

function readPercent(field: Field): number {
  const percentage = child(field, 'percentage')
  if (isPresent(percentage)) return readOptionalNumber(child(percentage, 'value'), 0, 100) ?? 0
  // The older, whole number, which only a delay has.
  return readOptionalInteger(child(field, 'percent'), 0, 100) ?? 0
}
