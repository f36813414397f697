import { readHeader, replaceHeader } from './carrier.ts'
import { choosePropagator } from './default.ts'
import type { PropagatorOption } from './default.ts'
import { setInList } from './header-list.ts'
import type { Propagator } from './propagator.ts'
import { show } from './show.ts'

/** As much of a ClientHttp2Session of node:http2 as is needed. */
export interface Http2SessionLike {
  request: (...args: never[]) => unknown
}

/**
 * Makes the requests of one session of node:http2 carry the lane of the scope that makes them, where the
 * destination may have it: `:authority` of the request, else that of `authority`, which is what the session
 * was connected to. A header that the caller set wins; the caller's headers stay as they are. No channel of
 * Node lets a header in there (their headers are a copy), so that `install` cannot do it.
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
  function request(this: unknown, headers?: unknown, ...rest: unknown[]): unknown {
    return Reflect.apply(original, this, [withLane(headers, base, propagator), ...rest])
  }
  const before = Object.getOwnPropertyDescriptor(session, 'request')
  Reflect.defineProperty(session, 'request', { value: request, configurable: true, writable: true })
  return () => {
    if (Reflect.get(session, 'request') !== request) return
    if (before === undefined) Reflect.deleteProperty(session, 'request')
    else Reflect.defineProperty(session, 'request', before)
  }
}

// The very same headers where the lane does not go there, and where Node itself will complain.
function withLane(headers: unknown, base: URL | undefined, { inject }: Propagator): unknown {
  try {
    // Node 24 takes a flat list too.
    let made: object = Array.isArray(headers) ? headers : { ...Object(headers) }
    const read = (name: string): unknown => readHeader(pairsOf(made), name)
    const injected = inject([], {
      url: urlOf(read(':scheme'), read(':authority'), base),
      getter: (_, name) => read(name),
      setter: (_, name, value) => {
        if (Array.isArray(made)) made = setInList(made, name, value)
        else replaceHeader(made, name, value)
      },
    })
    return injected ? made : headers
  } catch {
    return headers
  }
}

// RFC 9113, 8.3.1; Node fills in what is left out.
function urlOf(scheme: unknown, authority: unknown, base: URL | undefined): string {
  const protocol = typeof scheme === 'string' ? `${scheme}:` : base?.protocol
  return `${protocol}//${typeof authority === 'string' ? authority : base?.host}/`
}

function pairsOf(headers: object): unknown[] {
  if (!Array.isArray(headers)) return Object.entries(headers)
  const names = headers.filter((_, index) => index % 2 === 0)
  return names.map((name, index) => [name, headers[2 * index + 1]])
}
