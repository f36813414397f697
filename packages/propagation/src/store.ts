import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * What one asynchronous scope carries: header name (lower case) -> value, for instance
 * `{ 'project-version': 'release-v1' }`. Frozen, and empty where there is no lane.
 */
export type LaneRecord = Readonly<Record<string, string>>

/** The record of a scope without a lane. */
export const NO_LANE: LaneRecord = Object.freeze({})

/** The record of the current scope; undefined outside of every scope. */
export function activeRecord(): LaneRecord | undefined {
  return store().getStore()
}

/**
 * Calls `fn` with `record` as the active one, undefined for outside of every scope, for everything that `fn`
 * starts, and passes on what it returns or throws.
 */
export function runWith<A extends unknown[], R>(
  record: LaneRecord | undefined,
  fn: (...args: A) => R,
  ...args: A
): R {
  return store().run(record, fn, ...args)
}

// The number is that of the contract (an AsyncLocalStorage of LaneRecord, or undefined): copies of this package that
// agree on it share one store, whatever their versions.
const SLOT = Symbol.for('@traffic-lanes/propagation/store@1')

let shared: AsyncLocalStorage<LaneRecord | undefined> | undefined

// One store a process, as every further one makes each `await` slower up to Node 22. Made at first use,
// so that importing this module does nothing.
function store(): AsyncLocalStorage<LaneRecord | undefined> {
  shared ??= adopt() ?? publish(new AsyncLocalStorage<LaneRecord | undefined>())
  return shared
}

function adopt(): AsyncLocalStorage<LaneRecord | undefined> | undefined {
  const found: unknown = Reflect.get(globalThis, SLOT)
  return isStore(found) ? found : undefined
}

// What it holds is the contract of SLOT, which nobody else has a reason to write to.
function isStore(found: unknown): found is AsyncLocalStorage<LaneRecord | undefined> {
  return found instanceof AsyncLocalStorage
}

function publish(
  made: AsyncLocalStorage<LaneRecord | undefined>,
): AsyncLocalStorage<LaneRecord | undefined> {
  // Reflect, because it answers false on a frozen global object, where Object.defineProperty throws.
  Reflect.defineProperty(globalThis, SLOT, { value: made })
  return made
}
