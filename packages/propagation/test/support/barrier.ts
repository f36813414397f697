import { EventEmitter, once } from 'node:events'

/** A promise that is settled from outside. */
export interface Signal {
  readonly fired: Promise<unknown>
  fire(this: void): void
}

export function createSignal(): Signal {
  const emitter = new EventEmitter()
  return { fired: once(emitter, 'fire'), fire: () => void emitter.emit('fire') }
}

/** Answers a function that waits until it was called `count` times, so that all callers are inside at once. */
export function createBarrier(count: number): () => Promise<void> {
  const opened = createSignal()
  let inside = 0
  return async () => {
    inside += 1
    if (inside === count) opened.fire()
    await opened.fired
  }
}
