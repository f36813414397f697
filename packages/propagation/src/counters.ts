import { keep } from './lane-records.ts'
import type { Layer } from './layer.ts'
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
 * What a propagator did since it was made. Every number counts single headers, also where an entry of its own
 * (`registerInterceptor`, `laneFetch`, …) and `register` or `install` both decide about one request: for each
 * host that is called, the largest of their numbers counts. A value that `laneGrpcHandler` does not take
 * beside `register` counts twice.
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
  count(this: void, what: 'injected' | 'stripped'): void
  /** Not written, to `url`: what several layers decide counts once. */
  leave(this: void, what: 'kept' | 'withheld', layer: Layer, url: string | URL | undefined): void
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
  const left = new Map<string, Record<Layer, number>>()
  return {
    count: (what) => {
      counts[what] += 1
    },
    leave: (what, layer, url) => {
      const key = `${what} ${hostOf(url)}`
      const layers = left.get(key) ?? keep(left, key, { entry: 0, fetch: 0, process: 0 })
      const before = most(layers)
      layers[layer] += 1
      counts[what] += most(layers) - before
    },
    drop: (reason) => {
      dropped[reason] += 1
    },
    read: () => ({ ...counts, dropped: { ...dropped } }),
  }
}

function most(layers: Readonly<Record<Layer, number>>): number {
  return Math.max(layers.entry, layers.fetch, layers.process)
}

// The rest is not the same in each layer: axios adds the query after its transforms, and a WebSocket is asked for by
// HTTP.
function hostOf(url: string | URL | undefined): string {
  return url !== undefined && URL.canParse(String(url)) ? new URL(url).host : ''
}
