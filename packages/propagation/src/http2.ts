import { choosePropagator } from './default.ts'
import type { PropagatorOption } from './default.ts'
import { injectHttp2 } from './http2/headers.ts'
import { show } from './show.ts'

/** As much of a ClientHttp2Session of node:http2 as is needed. */
export interface Http2SessionLike {
  request: (...args: never[]) => unknown
}

/**
 * Makes the requests of one session of node:http2 carry the lane of the scope that makes them, where the
 * destination may have it: `:authority` of the request, else that of `authority`, which is what the session
 * was connected to. A header that the caller set wins; the caller's headers stay as they are. `install` and
 * `register` do it for every session.
 *
 * @returns a function that removes it.
 * @throws TypeError where `session` has no `request` or `propagator` is not a propagator.
 *
 * @example
 * import { connect } from 'node:http2'
 * import { laneHttp2 } from '@traffic-lanes/propagation/http2'
 *
 * const authority = 'http://testbbb.test-istio:32000'
 * const session = connect(authority)
 * laneHttp2(session, authority)
 */
export function laneHttp2(
  session: Http2SessionLike,
  authority: string | URL,
  options: PropagatorOption = {},
): () => void {
  const propagator = choosePropagator(options)
  const original = session?.request
  if (typeof original !== 'function') {
    throw new TypeError(`Expected \`session\` to be a session of node:http2, got ${show(session)}`)
  }
  const base = URL.canParse(String(authority)) ? new URL(authority) : undefined
  let isOn = true
  function request(this: unknown, headers?: unknown, ...rest: unknown[]): unknown {
    const inLane = isOn ? injectHttp2(headers, base, propagator) : headers
    return Reflect.apply(original, this, [inLane, ...rest])
  }
  const before = Object.getOwnPropertyDescriptor(session, 'request')
  Reflect.defineProperty(session, 'request', { value: request, configurable: true, writable: true })
  return () => {
    isOn = false
    if (Reflect.get(session, 'request') !== request) return
    if (before === undefined) Reflect.deleteProperty(session, 'request')
    else Reflect.defineProperty(session, 'request', before)
  }
}
