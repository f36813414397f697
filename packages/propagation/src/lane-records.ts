import { NO_LANE } from './store.ts'
import type { LaneRecord } from './store.ts'

/** How many lanes are kept in mind, to be used again. */
const MAX_LANES = 1000

/** Makes the records of one header's lanes, one and the same for each lane. */
export interface LaneRecords {
  /** The record of a lane, `came` telling whether it is to go no further; that of none for undefined. */
  recordOf(this: void, lane: string | undefined, came: boolean): LaneRecord
  /** A record with the headers of others as they are, and this lane. */
  replace(this: void, outer: LaneRecord, lane: string | undefined, came: boolean): LaneRecord
  /** Whether what a record holds came for one hop, and is here now. */
  hasArrived(this: void, lane: unknown): boolean
  /** Whether a record was made here for this lane, and goes on. */
  isOwn(this: void, record: LaneRecord, lane: string): boolean
}

/** Makes the records of a header whose values go all hops, or one. */
export function createRecords(header: string, hops: 'all' | 'one'): LaneRecords {
  const records = new Map<string, LaneRecord>()
  // On the record and not in it, so that it is no header.
  const arrived = Symbol.for(`@traffic-lanes/propagation/arrived:${header}`)

  function replace(outer: LaneRecord, lane: string | undefined, came: boolean): LaneRecord {
    const { [header]: _, ...others } = outer
    Reflect.deleteProperty(others, arrived)
    if (lane === undefined) return Object.freeze(others)
    return Object.freeze({ ...others, [header]: lane, ...(came && { [arrived]: true }) })
  }

  return {
    replace,
    recordOf(lane, came) {
      if (lane === undefined) return NO_LANE
      // No lane holds a blank.
      const key = came ? `${lane} ` : lane
      return records.get(key) ?? keep(records, key, replace(NO_LANE, lane, came))
    },
    hasArrived: (lane) =>
      hops === 'one' && typeof lane === 'object' && lane !== null && arrived in lane,
    isOwn: (record, lane) => records.get(lane) === record,
  }
}

/** Keeps a value for a lane. Anyone may send any number of lanes: beyond a thousand it starts anew. */
export function keep<V>(known: Map<string, V>, lane: string, value: V): V {
  if (known.size >= MAX_LANES) known.clear()
  known.set(lane, value)
  return value
}
