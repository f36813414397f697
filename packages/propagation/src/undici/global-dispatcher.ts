import { EventEmitter } from 'node:events'
import { replaceMethod } from '../replace-method.ts'

/** What the module of undici that knows the global dispatcher exports (`lib/global.js`, 5 to 8). */
interface GlobalModule {
  readonly getGlobalDispatcher: () => unknown
}

/** Tells that module from others. */
export function isGlobalModule(exports: unknown): exports is GlobalModule {
  return typeof Reflect.get(Object(exports), 'getGlobalDispatcher') === 'function'
}

/**
 * Shows each global dispatcher to `visit`, now and whenever one of undici's functions asks for it. All copies of
 * undici share it (`Symbol.for('undici.globalDispatcher.1')`), and it belongs to the one that was loaded first, or,
 * from Node 26 on, to Node's own, whose classes no module load shows.
 *
 * @returns a function that ends it.
 */
export function onGlobalDispatcher(
  exports: GlobalModule,
  visit: (dispatcher: unknown) => void,
): () => void {
  visit(exports.getGlobalDispatcher())
  return replaceMethod(
    exports,
    'getGlobalDispatcher',
    (original) =>
      function getGlobalDispatcher(this: unknown, ...args: unknown[]): unknown {
        const dispatcher: unknown = Reflect.apply(original, this, args)
        visit(dispatcher)
        return dispatcher
      },
  )
}

/** The prototypes that a dispatcher stands on, its own first. */
export function prototypesOf(dispatcher: unknown): object[] {
  const chain: object[] = []
  let prototype = Reflect.getPrototypeOf(Object(dispatcher))
  while (prototype !== null && !SHARED.has(prototype)) {
    chain.push(prototype)
    prototype = Reflect.getPrototypeOf(prototype)
  }
  return chain
}

const SHARED: ReadonlySet<object> = new Set([Object.prototype, EventEmitter.prototype])
