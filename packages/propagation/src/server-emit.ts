import type { EmitterLike } from './emitter.ts'
import { enterInbound } from './inbound.ts'
import type { Propagator } from './propagator.ts'
import { enterTrail, isTrailRequest, isTrailResponse } from './trail/enter.ts'

/** The events of `http.Server`, and of that of HTTP/2, whose first argument is a request. */
const REQUEST_EVENTS: ReadonlySet<unknown> = new Set([
  'request',
  'checkContinue',
  'checkExpectation',
  'upgrade',
  'connect',
])

/**
 * Makes a server emit its requests in their lanes, as long as `isOn` says so. A scope per event, so that
 * requests pipelined on one connection do not inherit from each other. With a `hop`, responses tell the trail.
 *
 * @returns a function that puts the server's `emit` back, unless somebody has wrapped it since.
 */
export function enterInEmit(
  server: EmitterLike,
  propagator: Propagator,
  isOn: () => boolean,
  hop?: string,
): () => void {
  const before = Object.getOwnPropertyDescriptor(server, 'emit')
  const original = server.emit
  function emit(this: unknown, ...args: unknown[]): boolean {
    const call = (): boolean => Reflect.apply(original, this, args)
    const [event, request, reply] = args
    if (!isOn() || !isObject(request)) return call()
    // HTTP/2 gives the stream and its headers.
    if (event === 'stream' && isObject(reply)) {
      return enterInbound(propagator, requestOf(request, reply), [request], call)
    }
    if (!REQUEST_EVENTS.has(event)) return call()
    if (hop !== undefined && isTrailRequest(request) && isTrailResponse(reply)) {
      return enterTrail(hop, propagator, request, reply, call)
    }
    return enterInbound(propagator, request, isObject(reply) ? [request, reply] : [request], call)
  }
  Reflect.defineProperty(server, 'emit', { value: emit, configurable: true, writable: true })
  return () => {
    if (server.emit !== emit) return
    if (before === undefined) Reflect.deleteProperty(server, 'emit')
    else Reflect.defineProperty(server, 'emit', before)
  }
}

/** A stream of HTTP/2 as the request that it carries, with as much as `trust` may want to look at. */
function requestOf(stream: object, headers: object): { readonly headers: object } {
  const read = (name: string): unknown => Reflect.get(headers, name)
  const socket = {
    get remoteAddress(): unknown {
      const session: object = Object(Reflect.get(stream, 'session'))
      return Reflect.get(Object(Reflect.get(session, 'socket')), 'remoteAddress')
    },
  }
  const request = { headers, method: read(':method'), url: read(':path'), socket }
  return request
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
