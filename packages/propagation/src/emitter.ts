import type { Propagator } from './propagator.ts'

/** As much of an EventEmitter as is needed. */
export interface EmitterLike {
  emit: (...args: never[]) => boolean
}

/**
 * Makes an emitter call its listeners in the scope of this call, whenever they are or were added, and
 * wherever the event comes from: body events come from the connection, which belongs to no request
 * (nodejs/node#41285). Listeners themselves are left as they are, so that removing them goes on working.
 */
export function bindEmitter(emitter: EmitterLike | undefined, { bind }: Propagator): void {
  if (typeof emitter?.emit !== 'function') return
  Reflect.set(emitter, 'emit', bind(emitter.emit))
}
