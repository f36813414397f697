import { EventEmitter } from 'node:events'
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
  const emit = emitter?.emit
  if (emitter === null || emitter === undefined || typeof emit !== 'function') return false
  const bound: Bound = emitter
  try {
    // One that is bound already stays so, however often it was wrapped since.
    const isNew = !(SCOPE in bound)
    bound[SCOPE] = activeRecord() ?? OUTSIDE
    if (!isNew) return true
    if (emit !== PLAIN) bound[OWN] = emit
    bound.emit = emitInScope
    return true
  } catch {
    // Frozen, or with a setter that objects.
    return false
  }
}

/** An emitter, and the scope that its events arrive in. On the emitter: a WeakMap costs the collector too much. */
interface Bound extends Partial<EmitterLike> {
  [SCOPE]?: LaneRecord | typeof OUTSIDE
  /** The method that is called, where it is not that of EventEmitter. */
  [OWN]?: EmitterLike['emit']
  listenerCount?: (event: string | symbol) => number
}

const SCOPE = Symbol('lane scope')

const OWN = Symbol('own emit')

/** Stands for being outside of every scope, which is no record. */
const OUTSIDE = Symbol('outside')

const everyEmitter: EmitterLike = EventEmitter.prototype
const { emit: PLAIN } = everyEmitter

// One for all emitters: two are bound for each request, and it is called for each of their events, many of which
// nobody listens to and most of which have no arguments.
function emitInScope(this: Bound, event: string | symbol, ...args: unknown[]): boolean {
  const { [SCOPE]: scope, [OWN]: own } = this
  const record = scope === OUTSIDE ? undefined : scope
  const isThere = scope === undefined || activeRecord() === record
  if (own !== undefined) {
    return isThere ? call(own, this, event, args) : runWith(record, call, own, this, event, args)
  }
  const isPlain = isThere || isUnheard(this, event)
  if (args.length > 0) {
    return isPlain
      ? call(PLAIN, this, event, args)
      : runWith(record, call, PLAIN, this, event, args)
  }
  return isPlain ? callPlain(this, event) : runWith(record, callPlain, this, event)
}

// Of an error monitors are told by `emit` again.
function isUnheard(emitter: Bound, event: string | symbol): boolean {
  return emitter.listenerCount?.(event) === 0
}

function call(emit: EmitterLike['emit'], self: Bound, event: unknown, args: unknown[]): boolean {
  return Boolean(Reflect.apply(emit, self, [event, ...args]))
}

function callPlain(self: Bound, event: unknown): boolean {
  return Boolean(Reflect.apply(PLAIN, self, [event]))
}
