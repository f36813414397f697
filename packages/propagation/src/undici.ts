import { choosePropagator } from './default.ts'
import type { PropagatorOption } from './default.ts'
import type { Propagator } from './propagator.ts'
import { guardRedirects } from './redirect-guard.ts'
import { holdsLane, injectOptions } from './undici/options.ts'

/** Any `dispatch` of undici: called with what to request, and with who hears of it. */
export type DispatchLike = (options: never, handler: never) => boolean

/** What `laneUndici` takes. */
export interface LaneUndiciOptions extends PropagatorOption {
  /**
   * Where a `Client` or a `Pool` goes (`http://testbbb.test-istio:32000`), for such a dispatcher does not say
   * so with each request. An `Agent` needs none. A request whose destination is not known has no lane.
   */
  readonly origin?: string | URL
}

/**
 * Makes the interceptor that puts the lane of the scope that calls on the requests of one dispatcher of
 * undici, to destinations that may have it. A header that the caller set wins; the caller's objects stay as
 * they are. Composing gives a new dispatcher, so that the one without lanes is still there.
 *
 * Compose it last, so that it is asked first: it then runs in the scope of the caller, before a full pool lets
 * the request wait for another one's end. Redirects inside lose the lane on the way to a destination that may
 * not have it. undici 6.20 and later have `compose`; undici 5 takes it as `interceptors: { Agent: [ … ] }`.
 *
 * @throws TypeError where `propagator` is not a propagator.
 *
 * @example
 * import { Agent, request } from 'undici'
 * import { laneUndici } from '@traffic-lanes/propagation/undici'
 *
 * const dispatcher = new Agent({ connections: 2 }).compose(laneUndici())
 * await request('http://testbbb.test-istio:32000/', { dispatcher })
 */
export function laneUndici(options?: LaneUndiciOptions): <D extends DispatchLike>(dispatch: D) => D
export function laneUndici(
  options: LaneUndiciOptions = {},
): (dispatch: (...args: unknown[]) => boolean) => (...args: unknown[]) => boolean {
  const propagator = choosePropagator(options)
  const { origin } = options
  return (dispatch) =>
    // Two parameters: undici counts them.
    function dispatchInLane(this: unknown, request: unknown, handler: unknown): boolean {
      return Reflect.apply(dispatch, this, [withLane(request, origin, propagator), handler])
    }
}

// The very same options where the lane does not go there, and where undici itself will complain.
function withLane(request: unknown, origin: unknown, propagator: Propagator): unknown {
  const lane = propagator.outboundLane()
  if (lane === undefined) return request
  try {
    if (holdsLane(Object(request), propagator.header, lane)) return request
    const { options, isInjected } = injectOptions(Object(request), origin, propagator)
    if (isInjected) guardRedirects(propagator)
    return options
  } catch {
    return request
  }
}
