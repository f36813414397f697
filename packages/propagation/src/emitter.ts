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
  const scope = activeRecord() ?? OUTSIDE
  try {
    if (SCOPE in bound) {
      // Bound already, and it stays so however often it was wrapped since.
      bound[SCOPE] = scope
    } else if (emit === PLAIN || scoped.has(emit)) {
      bound.emit = emitIn(scope)
    } else {
      bound[SCOPE] = scope
      bound[OWN] = emit
      bound.emit = emitOwn
    }
    return true
  } catch {
    // Frozen, or with a setter that objects.
    return false
  }
}

/** An emitter whose `emit` is not that of EventEmitter. On the emitter: a WeakMap costs the collector too much. */
interface Bound extends Partial<EmitterLike> {
  /** The scope that its events arrive in. */
  [SCOPE]?: LaneRecord
  /** The method that is called. */
  [OWN]?: EmitterLike['emit']
  listenerCount?: (event: string | symbol) => number
}

const SCOPE = Symbol('lane scope')

const OWN = Symbol('own emit')

/** Stands for being outside of every scope, which is no record. */
const OUTSIDE: LaneRecord = Object.freeze({})

const everyEmitter: EmitterLike = EventEmitter.prototype
const { emit: PLAIN } = everyEmitter

const methods = new WeakMap<LaneRecord, EmitterLike['emit']>()
const scoped = new WeakSet<EmitterLike['emit']>()
let last: { readonly scope: LaneRecord; readonly emit: EmitterLike['emit'] } | undefined

/**
 * EventEmitter's `emit` in a scope. One for all emitters of a scope: two are bound for each request, and a second
 * property on each of them costs more than all else here.
 */
function emitIn(scope: LaneRecord): EmitterLike['emit'] {
  if (last?.scope === scope) return last.emit
  const emit = methods.get(scope) ?? makeEmit(scope)
  last = { scope, emit }
  return emit
}

// Called for each event of each request, many of which nobody listens to and most of which have no arguments.
function makeEmit(made: LaneRecord): EmitterLike['emit'] {
  function emit(this: Bound, event: string | symbol, ...args: unknown[]): boolean {
    // Wrapped and then bound again, it has a later scope.
    const record = recordIn(this[SCOPE] ?? made)
    const isPlain = activeRecord() === record || isUnheard(this, event)
    if (args.length > 0) {
      return isPlain
        ? call(PLAIN, this, event, args)
        : runWith(record, call, PLAIN, this, event, args)
    }
    return isPlain ? callPlain(this, event) : runWith(record, callPlain, this, event)
  }
  methods.set(made, emit)
  scoped.add(emit)
  return emit
}

function emitOwn(this: Bound, event: string | symbol, ...args: unknown[]): boolean {
  const { [SCOPE]: scope, [OWN]: own = PLAIN } = this
  const record = recordIn(scope ?? OUTSIDE)
  return activeRecord() === record
    ? call(own, this, event, args)
    : runWith(record, call, own, this, event, args)
}

function recordIn(scope: LaneRecord): LaneRecord | undefined {
  return scope === OUTSIDE ? undefined : scope
}

// An error is heard by monitors too, or thrown.
function isUnheard(emitter: Bound, event: string | symbol): boolean {
  return event !== 'error' && emitter.listenerCount?.(event) === 0
}

function call(emit: EmitterLike['emit'], self: Bound, event: unknown, args: unknown[]): boolean {
  return Boolean(Reflect.apply(emit, self, [event, ...args]))
}

function callPlain(self: Bound, event: unknown): boolean {
  return Boolean(Reflect.apply(PLAIN, self, [event]))
}
