import { codeOf, messageOf } from '../errors.ts'
import type { AccessFlag } from './access-log.ts'
import { ConnectTimeoutError, ProtocolError, UnsendableError } from './upstream/index.ts'

/**
 * `connect`: no connection came about; `reset`: it broke before the response's head; `protocol`: what
 * came was no HTTP; `timeout`: the upstream took too long; `local`: the request could not be written.
 */
export type FailureKind = 'connect' | 'reset' | 'protocol' | 'timeout' | 'local'

/** Why a try brought no answer, and what the client is told if it was the last one. */
export interface Failure {
  readonly kind: FailureKind
  readonly status: number
  readonly flag: AccessFlag | null
  /** Envoy's response code details. */
  readonly detail: string
  /** The body for the client. Envoy's words, so that a search for them finds Envoy's documentation. */
  readonly body: (retried: boolean) => string
}

/** The route's `timeout` passed: it bounds all tries together (envoy: Filter::onResponseTimeout). */
export const RESPONSE_TIMEOUT: Failure = timedOut('response_timeout')

/** One try took longer than `perTryTimeout`, and it was the last (envoy: Filter::onPerTryTimeout). */
export const PER_TRY_TIMEOUT: Failure = timedOut('upstream_per_try_timeout')

/** Translates an upstream's and the system's errors into the words of Envoy's router filter. */
export function failureOf(error: Error, connected: boolean): Failure {
  if (error instanceof UnsendableError) return unsendable(error)
  if (!connected) return unconnected(error)
  if (error instanceof ProtocolError) return reset('protocol', 502, 'UPE', 'protocol error')
  return reset('reset', 503, 'UC', 'connection termination')
}

/** What an endpoint without an address gets: it is known from a manifest, but nothing runs there. */
export function unknownAddress(): Failure {
  return reset('connect', 503, 'UF', 'remote connection failure', 'no address')
}

function timedOut(detail: string): Failure {
  return {
    kind: 'timeout',
    status: 504,
    flag: 'UT',
    detail,
    body: () => 'upstream request timeout',
  }
}

function unsendable(error: Error): Failure {
  return {
    kind: 'local',
    status: 500,
    flag: null,
    detail: 'request_not_sendable',
    body: () =>
      `The request cannot be sent on: ${messageOf(error)}. Look at the rewrite and the header values of the route.`,
  }
}

function unconnected(error: Error): Failure {
  const code = codeOf(error)
  if (error instanceof ConnectTimeoutError || code === 'ETIMEDOUT') {
    return reset('connect', 503, 'UF', 'connection timeout')
  }
  const cause = code === 'ECONNREFUSED' ? 'Connection refused' : messageOf(error)
  return reset('connect', 503, 'UF', 'remote connection failure', `delayed connect error: ${cause}`)
}

function reset(
  kind: FailureKind,
  status: number,
  flag: AccessFlag,
  reason: string,
  transport = '',
): Failure {
  const inner = transport === '' ? reason : `${reason}|${transport}`
  const tail = transport === '' ? '' : `, transport failure reason: ${transport}`
  return {
    kind,
    status,
    flag,
    detail: `upstream_reset_before_response_started{${inner.replaceAll(' ', '_')}}`,
    body: (retried) =>
      `upstream connect error or disconnect/reset before headers. ${retried ? 'retried and the latest ' : ''}reset reason: ${reason}${tail}`,
  }
}
