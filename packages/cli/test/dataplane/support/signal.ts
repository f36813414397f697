import { EventEmitter, once } from 'node:events'

/** Something that happens once, for another part of a test to wait for. */
export interface Signal {
  readonly fire: () => void
  readonly fired: Promise<unknown>
}

export function signal(): Signal {
  const emitter = new EventEmitter()
  return { fire: () => emitter.emit('fire'), fired: once(emitter, 'fire') }
}

/** A number that a test can wait for. */
export interface Gauge {
  readonly change: (by: number) => void
  readonly reaches: (value: number) => Promise<void>
}

export function gauge(): Gauge {
  const emitter = new EventEmitter()
  let current = 0
  return {
    change: (by) => {
      current += by
      emitter.emit('change')
    },
    reaches: async (value) => {
      for (;;) {
        if (current === value) return
        await once(emitter, 'change')
      }
    },
  }
}
