import { tryBindEmitter } from './emitter.ts'
import type { EmitterLike } from './emitter.ts'
import type { Propagator } from './propagator.ts'
import { activeRecord } from './store.ts'

/**
 * Calls `fn` in the lane of an inbound request, or in none where it came without one, and makes the events of
 * `emitters` arrive there. Where the scope is already that of the request, it only calls `fn`.
 */
export function enterInbound<R>(
  { header, currentLane, receive, run }: Propagator,
  request: { readonly headers?: object } | undefined,
  emitters: ReadonlyArray<Partial<EmitterLike> | undefined>,
  fn: () => R,
): R {
  // What other middleware made of the headers counts, so not `rawHeaders`; Node joins repetitions.
  const inbound = receive(request ?? {})
  const lane = inbound[header]
  // A default lane, which counts outside of every scope, is not that of the request, though it be called the same.
  if (lane === currentLane() && (lane === undefined || activeRecord() !== undefined)) return fn()
  return run(inbound, () => {
    for (const emitter of emitters) tryBindEmitter(emitter)
    return fn()
  })
}
