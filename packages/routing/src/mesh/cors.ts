import { child, isPresent, readList, readStrings, readText, refuse } from '../manifest/read.ts'
import type { Field } from '../manifest/read.ts'
import { readStringMatch } from './string-match.ts'
import type { StringMatch } from './string-match.ts'

/**
 * What of a `corsPolicy` bears on where a request goes: Envoy answers a preflight itself, so that it never
 * reaches the Service (Envoy: source/extensions/filters/http/cors).
 */
export interface CorsPolicy {
  readonly allowOrigins: readonly StringMatch[]
  /** Whether a preflight from another origin goes on to the Service. */
  readonly forwardsUnmatched: boolean
}

/** Reads `corsPolicy`; null where absent. */
export function readCors(field: Field): CorsPolicy | null {
  if (!isPresent(field)) return null
  const origins = child(field, 'allowOrigins')
  return {
    allowOrigins: isPresent(origins)
      ? readList(origins).map((origin) => readStringMatch(origin))
      : readStrings(child(field, 'allowOrigin')).map((value) => ({ kind: 'exact', value })),
    forwardsUnmatched: readUnmatched(child(field, 'unmatchedPreflights')) !== 'IGNORE',
  }
}

function readUnmatched(field: Field): string {
  const written = readText(field) ?? 'UNSPECIFIED'
  if (['UNSPECIFIED', 'FORWARD', 'IGNORE'].includes(written)) return written
  return refuse(field, `must be FORWARD or IGNORE, got ${JSON.stringify(written)}`)
}
