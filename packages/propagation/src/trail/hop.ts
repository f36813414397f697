/** One hop of a trail: a service that a request reached, and the calls that it made for it. */
export interface TrailHop {
  /** `service@version`. */
  readonly name: string
  /** The lane that the request had when it came here; undefined for none. */
  readonly lane: string | undefined
  /** In the order in which the calls were made; equal ones appear once. */
  readonly calls: readonly TrailHop[]
  /** How many hops were left out here, as the trail would have been too long. */
  readonly more: number
}

/** A hop of this name: letters, digits and `-._/` on both sides of the `@`; 63 and 253 characters at most. */
export const HOP_NAME = /^[-._/A-Za-z0-9]{1,63}@[-._/A-Za-z0-9]{1,253}$/

/**
 * Makes one of hops that say the same: calls to one service that came in the same lane are merged, and so are the
 * calls that it made.
 */
export function mergeHops(hops: readonly TrailHop[]): TrailHop[] {
  const merged = new Map<string, TrailHop>()
  for (const hop of hops) {
    const key = `${hop.name} ${hop.lane ?? ''}`
    const before = merged.get(key)
    merged.set(key, {
      ...hop,
      calls: mergeHops([...(before?.calls ?? []), ...hop.calls]),
      more: Math.max(hop.more, before?.more ?? 0),
    })
  }
  return [...merged.values()]
}

/** The hops of a trail, those nearest to the first one first, and at most `count` of them. */
export function cutHops(root: TrailHop, count: number): TrailHop {
  const kept = new Set([root])
  for (const hop of kept) {
    for (const call of hop.calls) if (kept.size < count) kept.add(call)
  }
  return keepOnly(root, kept)
}

function keepOnly(hop: TrailHop, kept: ReadonlySet<TrailHop>): TrailHop {
  const lost = hop.calls.filter((call) => !kept.has(call))
  return {
    ...hop,
    calls: hop.calls.filter((call) => kept.has(call)).map((call) => keepOnly(call, kept)),
    more: hop.more + lost.reduce((sum, call) => sum + countHops(call), 0),
  }
}

function countHops({ calls, more }: TrailHop): number {
  return calls.reduce((sum, call) => sum + countHops(call), 1 + more)
}
