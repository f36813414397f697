import { show } from './show.ts'
import { activeRecord, runWith } from './store.ts'
import type { LaneRecord } from './store.ts'

/** As much of an EventEmitter as is needed. */
export interface EmitterLike {
  emit: (...args: never[]) => boolean
}

/**
 * Makes an emitter call its listeners in the scope of this call, whenever they are or were added, and
 * wherever the event comes from: body events come from the connection, which belongs to no request
 * (nodejs/node#41285). Listeners themselves are left as they are, so that removing them goes on working.
 * Bound again, the later scope counts.
 *
 * @throws TypeError where `emitter` has no `emit`.
 */
export function bindEmitter<E extends EmitterLike>(emitter: E): E {
  if (!tryBindEmitter(emitter)) {
    throw new TypeError(
      `Expected \`emitter\` of \`bindEmitter\` to have emit(), got ${show(emitter)}`,
    )
  }
  return emitter
}

/** The same for what may be no emitter at all; tells whether it was done. */
export function tryBindEmitter(emitter: Partial<EmitterLike> | null | undefined): boolean {
  const emit: Emit | undefined = emitter?.emit
  if (emitter === null || emitter === undefined || typeof emit !== 'function') return false
  try {
    // Around the emitter's own method, as an earlier binding would win over ours from inside.
    emitter.emit = bindEmit(emit[UNBOUND] ?? emit, activeRecord())
    return true
  } catch {
    // Frozen, or with a setter that objects.
    return false
  }
}

// Twice for each request, and called for each of its events: `bind` would do, at four times the cost.
function bindEmit(own: Emit, record: LaneRecord | undefined): Emit {
  const bound: Emit = function emit(this: unknown, ...args): boolean {
    return activeRecord() === record
      ? Reflect.apply(own, this, args)
      : runWith(record, Reflect.apply<unknown, never[], boolean>, own, this, args)
  }
  bound[UNBOUND] = own
  return bound
}

/** What a bound `emit` stands in for. On the function itself: a WeakMap costs the collector too much. */
const UNBOUND = Symbol('unbound')

type Emit = EmitterLike['emit'] & { [UNBOUND]?: EmitterLike['emit'] }
