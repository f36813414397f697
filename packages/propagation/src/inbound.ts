import { tryBindEmitter } from './emitter.ts'
import type { EmitterLike } from './emitter.ts'
import type { Propagator } from './propagator.ts'

/** As much of an inbound request as is needed. */
interface InboundRequest {
  readonly headers?: object
}

/**
 * Calls `fn` in the lane of an inbound request, or in none where it came without one, and makes the events of
 * `emitters` arrive there. Where the scope is already that of the request, it only calls `fn`.
 */
export function enterInbound<R>(
  { header, currentLane, extract, run }: Propagator,
  request: InboundRequest | undefined,
  emitters: ReadonlyArray<Partial<EmitterLike> | undefined>,
  fn: () => R,
): R {
  // What other middleware made of the headers counts, so not `rawHeaders`; Node joins repetitions.
  const inbound = extract(request?.headers)
  if (inbound[header] === currentLane()) return fn()
  return run(inbound, () => {
    for (const emitter of emitters) tryBindEmitter(emitter)
    return fn()
  })
}
