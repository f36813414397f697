import { readHeader } from './carrier.ts'
import { choosePropagator } from './default.ts'
import type { PropagatorOption } from './default.ts'
import { setInList } from './header-list.ts'
import type { HeaderList } from './header-list.ts'
import type { Propagator } from './propagator.ts'
import { guardRedirects } from './redirect-guard.ts'
import { urlOfRequest } from './undici-request.ts'

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
  if (propagator.outboundLane() === undefined) return request
  try {
    const options: Record<string, unknown> = { ...Object(request) }
    const { headers } = options
    let list = copyHeaders(headers)
    const injected = propagator.inject([], {
      url: urlOfRequest({ origin, ...options }),
      getter: (_, name) => readHeader(pairsOf(list), name),
      setter: (_, name, value) => {
        list = setInList(list, name, value)
      },
    })
    if (injected) guardRedirects(propagator)
    // What could be iterated once only is at its end: the copy has to stand in for it.
    return injected || isIterator(headers) ? { ...options, headers: list } : request
  } catch {
    return request
  }
}

// Undici takes a flat list, a record, or anything that gives pairs; a flat list is known to all versions.
function copyHeaders(headers: unknown): HeaderList {
  if (headers === undefined || headers === null) return []
  if (typeof headers !== 'object') throw new TypeError('No headers')
  if (Array.isArray(headers)) return [...headers]
  if (isIterable(headers)) return [...headers].flatMap(([name, value]) => [name, value])
  return Object.entries(headers).flat()
}

function pairsOf(list: HeaderList): unknown[] {
  const names = list.filter((_, index) => index % 2 === 0)
  return names.map((name, index) => [name, list[2 * index + 1]])
}

function isIterable(headers: object): headers is Iterable<readonly unknown[]> {
  return typeof Reflect.get(headers, Symbol.iterator) === 'function'
}

function isIterator(headers: unknown): boolean {
  return typeof headers === 'object' && headers !== null && 'next' in headers
}
