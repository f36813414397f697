/**
 * A seeded source of choices: the same seed gives the same world on every machine (mulberry32, 32 bits
 * of state; good enough to choose shapes, not for secrets).
 */
export interface Random {
  /** In [0, 1). */
  next(): number
  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number
  /** True with a probability of `p`, 0 to 1. */
  chance(p: number): boolean
  /** One of the items; throws RangeError where there is none. */
  pick<T>(items: readonly T[]): T
  /** Distinct items, from `low` to `high` of them, as many as there are; in the order of `items`. */
  some<T>(items: readonly T[], low: number, high: number): T[]
  /** One of the items, each as likely as its weight says. */
  weighted<T>(items: readonly (readonly [weight: number, item: T])[]): T
}

/** @param seed a whole number; only its low 32 bits count */
export function randomFrom(seed: number): Random {
  // Neighbouring seeds start far from each other.
  let state = Math.imul(seed | 0, 0x9e3779b1) ^ 0x85ebca6b

  function next(): number {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  function int(low: number, high: number): number {
    return low + Math.floor(next() * (high - low + 1))
  }

  function pick<T>(items: readonly T[]): T {
    for (const item of items.slice(int(0, items.length - 1))) return item
    throw new RangeError('There is nothing to pick from.')
  }

  return {
    next,
    int,
    chance: (p) => next() < p,
    pick,

    some(items, low, high) {
      // Each of the rest is as likely as the places that are left among them.
      let wanted = Math.min(int(low, high), items.length)
      return items.filter((_, index) => {
        const taken = next() * (items.length - index) < wanted
        if (taken) wanted -= 1
        return taken
      })
    },

    weighted(items) {
      const total = items.reduce((sum, [weight]) => sum + weight, 0)
      let left = next() * total
      for (const [weight, item] of items) {
        left -= weight
        if (left < 0) return item
      }
      return pick(items)[1]
    },
  }
}
