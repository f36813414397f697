import { choosePropagator } from './default.ts'
import type { PropagatorOption } from './default.ts'

/** As much of the options of one call of got, 14 and later, as is needed; got makes them anew for each call. */
export interface GotOptionsLike {
  readonly url?: string | URL | undefined
  readonly headers: object
  readonly hooks: {
    readonly beforeRequest: GotHooks
    readonly beforeRedirect: GotHooks
  }
}

/** A list of hooks, each called with the options of what is about to be requested. */
export interface GotHooks {
  push(hook: (options: GotOptionsLike) => void): number
}

/** What `got.extend` takes. */
export interface GotLane {
  readonly handlers: Array<<O extends GotOptionsLike, R>(options: O, next: (options: O) => R) => R>
}

/**
 * Makes what `got.extend` takes so that the requests of the extended instance carry the lane of the scope that
 * calls it, to destinations that may have it; judged after all other hooks, and again at each redirect, which
 * loses the header, whoever set it, on the way to a destination that may not have it. A header that the
 * caller set wins; the caller's objects, and got itself, stay as they are.
 *
 * @throws TypeError where `propagator` is not a propagator.
 *
 * @example
 * import got from 'got'
 * import { laneGot } from '@traffic-lanes/propagation/got'
 *
 * const client = got.extend(laneGot())
 * await client('http://testbbb.test-istio:32000/')
 */
export function laneGot(options: PropagatorOption = {}): GotLane {
  const { bind, inject, strip } = choosePropagator(options)
  return {
    handlers: [
      (call, next) => {
        // Here the scope is the caller's; hooks run later, a redirect's from the connection.
        call.hooks.beforeRequest.push(
          bind(({ headers, url = '' }: GotOptionsLike) => void inject(headers, { url })),
        )
        call.hooks.beforeRedirect.push(({ headers, url = '' }) => void strip(headers, url))
        return next(call)
      },
    ],
  }
}
