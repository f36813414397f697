import { show } from './show.ts'
import { NO_LANE, activeRecord, runWith } from './store.ts'

/**
 * Ties `fn` to the scope of this call: whoever calls the result later, and from wherever, `fn` runs in the
 * scope that is active now, or in none where none is. Arguments, `this`, result and errors pass through.
 *
 * @throws TypeError where `fn` is not a function.
 */
export function bind<F extends (...args: never[]) => unknown>(fn: F): F
export function bind(fn: (...args: unknown[]) => unknown): (...args: unknown[]) => unknown {
  expectFunction(fn, 'bind')
  const record = activeRecord()
  return function bound(this: unknown, ...args: unknown[]): unknown {
    if (activeRecord() === record) return Reflect.apply(fn, this, args)
    return runWith(record ?? NO_LANE, Reflect.apply, fn, this, args)
  }
}

/** @throws TypeError where `fn` is not a function. */
export function expectFunction(fn: unknown, method: string): void {
  if (typeof fn === 'function') return
  throw new TypeError(`Expected \`fn\` of \`${method}\` to be a function, got ${show(fn)}`)
}
