import { show } from './show.ts'
import { activeRecord, runWith } from './store.ts'

/**
 * Ties `fn` to the scope of this call: whoever calls the result later, and from wherever, `fn` runs in the
 * scope that is active now, or in none where none is. Arguments, `this`, result and errors pass through, and
 * so do name, length and properties: express counts the parameters of what it is given.
 *
 * @throws TypeError where `fn` is not a function.
 */
export function bind<F extends (...args: never[]) => unknown>(fn: F): F {
  expectFunction(fn, 'bind')
  const record = activeRecord()
  return new Proxy(fn, {
    apply(target, self, args: never[]) {
      if (activeRecord() === record) return Reflect.apply(target, self, args)
      return runWith(record, Reflect.apply<unknown, never[], unknown>, target, self, args)
    },
  })
}

/** Calls `fn` with `args` in the scope in which the snapshot was taken. */
export type Snapshot = <A extends unknown[], R>(fn: (...args: A) => R, ...args: A) => R

/**
 * Takes the scope of this call, or that there is none, and answers a function that calls others in it: for a
 * pool or an event bus that keeps one snapshot beside each job. Results and errors pass through.
 */
export function snapshot(): Snapshot {
  const record = activeRecord()
  return (fn, ...args) => {
    expectFunction(fn, 'snapshot')
    return activeRecord() === record ? fn(...args) : runWith(record, fn, ...args)
  }
}

/** @throws TypeError where `fn` is not a function. */
export function expectFunction(fn: unknown, method: string): void {
  if (typeof fn === 'function') return
  throw new TypeError(`Expected \`fn\` of \`${method}\` to be a function, got ${show(fn)}`)
}
