import type { Propagator } from './propagator.ts'

/**
 * The functions that `wrapFetch` answered, and the propagator that each works for. One that is taken out does what it
 * wraps, and nothing else.
 */
export const wrappers = new WeakMap<object, Propagator>()
