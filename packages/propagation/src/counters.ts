import type { ValueFault } from './value.ts'

/** Why a lane was lost. */
export type DropReason =
  | ValueFault
  /** A record named a header that the propagator does not carry. */
  | 'unknown-header'
  /** The carrier, or its getter, threw. */
  | 'unreadable'
  /** The carrier, or its setter, threw. */
  | 'unwritable'
  /** `trust` did not say yes to the request. */
  | 'untrusted'
  /** Not among `lanes`. */
  | 'not-allowed'
  /** Not written to the `baggage` header, which is full; the lane's own header was. */
  | 'baggage-full'

/**
 * What a propagator did since it was made. Every number counts single headers, once for each integration that
 * decided about them: beside `register`, an entry of its own makes two.
 */
export interface Counters {
  /** Written to a carrier. */
  readonly injected: number
  /** Not written, as the caller had set the header. */
  readonly kept: number
  /** Not written, as the destination may not have it. */
  readonly withheld: number
  /** Taken off again, as a redirect led to a destination that may not have it. */
  readonly stripped: number
  /** Not taken, or not passed on, by reason. */
  readonly dropped: Readonly<Record<DropReason, number>>
}

/** Counts, and tells what it counted. */
export interface Tally {
  count(this: void, what: 'injected' | 'kept' | 'withheld' | 'stripped'): void
  drop(this: void, reason: DropReason): void
  /** A copy that does not change any more. */
  read(this: void): Counters
}

/** Makes a tally that starts at zero. */
export function createTally(): Tally {
  const counts = { injected: 0, kept: 0, withheld: 0, stripped: 0 }
  const dropped: Record<DropReason, number> = {
    empty: 0,
    'too-long': 0,
    pattern: 0,
    conflict: 0,
    type: 0,
    'unknown-header': 0,
    unreadable: 0,
    unwritable: 0,
    untrusted: 0,
    'not-allowed': 0,
    'baggage-full': 0,
  }
  return {
    count: (what) => {
      counts[what] += 1
    },
    drop: (reason) => {
      dropped[reason] += 1
    },
    read: () => ({ ...counts, dropped: { ...dropped } }),
  }
}
