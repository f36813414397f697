import { EventEmitter } from 'node:events'
import { onModuleLoad } from '../module-loads.ts'
import type { Propagator } from '../propagator.ts'
import { replaceMethod } from '../replace-method.ts'
import type { Method } from '../replace-method.ts'
import { isGlobalModule, onGlobalDispatcher, prototypesOf } from './global-dispatcher.ts'
import { holdsLane, injectOptions, withFields } from './options.ts'

/**
 * Puts the lane on every request of undici 5 to 8, any number of copies of it: `request`, `stream`, `pipeline`,
 * `connect`, `upgrade`, its own `fetch`, `WebSocket` and `EventSource`, by the global dispatcher or by any
 * other. The lane is taken where the request enters the first dispatcher, in the scope of the call: further
 * inside, a full pool and a retry speak in the scope of another request, and no channel tells them apart.
 *
 * @returns a function that removes it.
 */
export function propagateUndici(propagator: Propagator): () => void {
  const take = createTaker(propagator)
  const removals = new Map<object, () => void>()
  const reach = (prototype: object): void => {
    if (removals.has(prototype)) return
    const undo = [replaceDispatch(prototype, take), replaceCompose(prototype, take)]
    removals.set(prototype, () => undo.forEach((remove) => remove()))
  }
  const end = onModuleLoad((exports, filename) => {
    if (!FILE.test(filename)) return
    if (isDispatcher(exports)) reach(exports.prototype)
    if (isGlobalModule(exports) && !removals.has(exports)) {
      const remove = onGlobalDispatcher(exports, (found) => prototypesOf(found).forEach(reach))
      removals.set(exports, remove)
    }
  })
  return () => {
    end()
    for (const remove of removals.values()) remove()
  }
}

// Where undici keeps its dispatchers: in `lib` up to early 6, in `lib/dispatcher` since; mocks in `lib/mock`.
const FILE = /[\\/]lib[\\/](?:dispatcher[\\/]|mock[\\/])?[a-z\d-]+\.js$/

interface DispatcherClass {
  readonly prototype: object
}

// Told by what it can do, for a package may be installed under any name.
function isDispatcher(exports: unknown): exports is DispatcherClass {
  if (typeof exports !== 'function') return false
  const prototype: unknown = Reflect.get(exports, 'prototype')
  return (
    prototype instanceof EventEmitter &&
    ['dispatch', 'close', 'destroy'].every(
      (name) => typeof Reflect.get(prototype, name) === 'function',
    )
  )
}

/** Answers the options to go on with, the caller's own where there is nothing to change. */
type Taker = (dispatcher: unknown, options: unknown, handler: unknown) => unknown

function replaceDispatch(prototype: object, take: Taker): () => void {
  if (!Object.hasOwn(prototype, 'dispatch')) return () => undefined
  return replaceMethod(prototype, 'dispatch', (original) => dispatchInLane(original, take))
}

// Two parameters: undici counts them.
function dispatchInLane(original: Method, take: Taker, dispatcher?: unknown): Method {
  return function dispatch(this: unknown, options: unknown, handler: unknown): unknown {
    const asked = take(dispatcher ?? this, options, handler)
    return Reflect.apply(original, this, [asked, handler])
  }
}

// An interceptor may call what it got whenever it likes, from a timer say, so that the lane has to be taken
// before all of them: composed last, ours is asked first.
function replaceCompose(prototype: object, take: Taker): () => void {
  if (!Object.hasOwn(prototype, 'compose')) return () => undefined
  return replaceMethod(
    prototype,
    'compose',
    (original) =>
      function compose(this: unknown, ...args: unknown[]): unknown {
        const given: unknown[] = Array.isArray(args[0]) ? args[0] : args
        const outermost = (dispatch: Method): Method => dispatchInLane(dispatch, take, this)
        return Reflect.apply(original, this, [...given, outermost])
      },
  )
}

/** The lane that a request entered with, for the dispatchers behind the first. */
interface Taken {
  readonly lane: string | undefined
  /** Whether it was decided already, the destination being known. */
  readonly isDecided: boolean
}

function createTaker(propagator: Propagator): Taker {
  // On the options, because every wrapper in undici copies them, where it does not hand them on.
  const mark = Symbol(`lane of ${propagator.header}`)
  return (dispatcher, options, handler) => {
    try {
      if (typeof options !== 'object' || options === null) return options
      const before: unknown = Reflect.get(options, mark)
      const taken = isTaken(before) ? before : takeLane(propagator, handler)
      if (taken.isDecided) return options
      const { lane } = taken
      const origin = Reflect.get(options, 'origin') ?? originOf(dispatcher)
      // A pool of several origins chooses one further inside.
      if (origin === undefined) return withFields(options, { [mark]: taken })
      const decided: object = { [mark]: { lane, isDecided: true } satisfies Taken }
      if (lane === undefined || holdsLane(options, propagator.header, lane)) {
        return withFields(options, decided)
      }
      const inLane = propagator.run(lane, () => injectOptions(options, origin, propagator))
      return withFields(inLane.options, decided)
    } catch {
      return options
    }
  }
}

function isTaken(value: unknown): value is Taken {
  return typeof value === 'object' && value !== null
}

// The handlers of `request`, `stream` and the like are made at the call and keep its scope.
function takeLane({ outboundLane }: Propagator, handler: unknown): Taken {
  const runInScope: unknown = Reflect.get(Object(handler), 'runInAsyncScope')
  if (typeof runInScope !== 'function') return { lane: outboundLane(), isDecided: false }
  const lane: unknown = Reflect.apply(runInScope, handler, [outboundLane])
  return { lane: typeof lane === 'string' ? lane : undefined, isDecided: false }
}

// A Client and a Pool know where they go, and requests need not say so.
function originOf(dispatcher: unknown): unknown {
  if (typeof dispatcher !== 'object' || dispatcher === null) return undefined
  const key = Object.getOwnPropertySymbols(dispatcher).find(
    ({ description }) => description === 'url',
  )
  const url: unknown = key === undefined ? undefined : Reflect.get(dispatcher, key)
  const origin: unknown = Reflect.get(Object(url), 'origin')
  return typeof origin === 'string' ? origin : undefined
}
