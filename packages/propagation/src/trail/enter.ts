import { tryBindEmitter } from '../emitter.ts'
import type { EmitterLike } from '../emitter.ts'
import { enterInbound } from '../inbound.ts'
import type { Propagator } from '../propagator.ts'
import { closeCollector, collect, TRAIL_HEADER } from './collector.ts'
import { formatTrail } from './format.ts'
import { setInHead } from './head.ts'
import type { HeadResponse } from './head.ts'
import { observeHttp } from './observe-http.ts'

/** As much of an inbound request as is needed. */
export type TrailRequest = EmitterLike & { readonly headers: object }

/** As much of its response as is needed; `http.ServerResponse` has it. */
export interface TrailResponse extends EmitterLike, HeadResponse {
  once(event: 'close', listener: () => void): unknown
}

/**
 * Calls `fn` in the lane of an inbound request, collects the trails of the calls that it makes, and writes them
 * to the response when its head is written. A request that `trust` does not trust gets none, not that of another
 * service either. Entered twice for one response, it works once.
 */
export function enterTrail<R>(
  hop: string,
  propagator: Propagator,
  request: TrailRequest,
  response: TrailResponse,
  fn: () => R,
): R {
  return enterInbound(propagator, request, [request, response], () => {
    if (response.headersSent || entered.has(response)) return fn()
    entered.add(response)
    if (!propagator.trusts(request)) {
      setInHead(response, TRAIL_HEADER, () => undefined)
      return fn()
    }
    observeHttp()
    const lane = propagator.currentLane()
    return collect(propagator, (id) => {
      tryBindEmitter(request)
      let trail: string | undefined
      // A head that could not be written is written again, with the answer to the error.
      const close = (): string =>
        (trail ??= formatTrail({ name: hop, lane, calls: closeCollector(id), more: 0 }))
      setInHead(response, TRAIL_HEADER, close)
      // A response that never gets a head.
      response.once('close', close)
      return fn()
    })
  })
}

const entered = new WeakSet<object>()

/** Tells a request of node:http from something else. */
export function isTrailRequest(value: object): value is TrailRequest {
  return 'emit' in value && 'headers' in value
}

/** Tells a response of node:http from something else, the socket of an upgrade say. */
export function isTrailResponse(value: unknown): value is TrailResponse {
  return typeof value === 'object' && value !== null && 'writeHead' in value && 'emit' in value
}
