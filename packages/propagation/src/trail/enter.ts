import { tryBindEmitter } from '../emitter.ts'
import type { EmitterLike } from '../emitter.ts'
import { enterInbound } from '../inbound.ts'
import type { Propagator } from '../propagator.ts'
import { closeCollector, collect, TRAIL_HEADER } from './collector.ts'
import { formatTrail } from './format.ts'
import { observeHttp } from './observe-http.ts'

/** As much of an inbound request as is needed. */
export type TrailRequest = EmitterLike & { readonly headers: object }

/** As much of its response as is needed; `http.ServerResponse` has it. */
export interface TrailResponse extends EmitterLike {
  readonly headersSent: boolean
  writeHead: (...args: never[]) => unknown
  setHeader(name: string, value: string): unknown
  once(event: 'close', listener: () => void): unknown
}

/**
 * Calls `fn` in the lane of an inbound request, collects the trails of the calls that it makes, and writes them
 * to the response when its head is written. A request that `trust` does not trust gets none. Entered twice for
 * one response, it works once.
 */
export function enterTrail<R>(
  hop: string,
  propagator: Propagator,
  request: TrailRequest,
  response: TrailResponse,
  fn: () => R,
): R {
  return enterInbound(propagator, request, [request, response], () => {
    if (response.headersSent || entered.has(response) || !propagator.trusts(request)) return fn()
    entered.add(response)
    observeHttp()
    const lane = propagator.currentLane()
    return collect(propagator, (id) => {
      tryBindEmitter(request)
      tryBindEmitter(response)
      let trail: string | undefined
      // A head that could not be written is written again, with the answer to the error.
      const close = (): string =>
        (trail ??= formatTrail({ name: hop, lane, calls: closeCollector(id), more: 0 }))
      beforeHead(response, () => void response.setHeader(TRAIL_HEADER, close()))
      // A response that never gets a head.
      response.once('close', close)
      return fn()
    })
  })
}

const entered = new WeakSet<object>()

// node:http itself calls `writeHead` where the app does not.
function beforeHead(response: TrailResponse, act: () => void): void {
  const original = response.writeHead
  function writeHead(this: unknown, ...args: unknown[]): unknown {
    if (Object.hasOwn(response, 'writeHead') && response.writeHead === writeHead) {
      Reflect.deleteProperty(response, 'writeHead')
      if (response.writeHead !== original) response.writeHead = original
    }
    try {
      if (!response.headersSent) act()
    } catch {
      // The response goes out without a trail.
    }
    return Reflect.apply(original, this, args)
  }
  Reflect.set(response, 'writeHead', writeHead)
}

/** Tells a request of node:http from something else. */
export function isTrailRequest(value: object): value is TrailRequest {
  return 'emit' in value && 'headers' in value
}

/** Tells a response of node:http from something else, the socket of an upgrade say. */
export function isTrailResponse(value: unknown): value is TrailResponse {
  return typeof value === 'object' && value !== null && 'writeHead' in value && 'emit' in value
}
