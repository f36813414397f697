import type { TrailHop } from './hop.ts'
import { parseTrail } from './parse.ts'

/** Where a lane was lost. */
export interface TrailLoss {
  /** The hop that had the lane and did not pass it on: `testaaa@release-v1`. */
  readonly from: string
  /** The hop that did not get it: `testbbb@release`. */
  readonly to: string
  /** The lane that was lost. */
  readonly lane: string
  /** The lane that came in its place; undefined for none. */
  readonly got: string | undefined
}

/**
 * Names the first hop of a trail that lost the lane: the one nearest to the start, and of those in one row the
 * one that was called first. Undefined where no hop did, and where the text is no trail.
 *
 * @param trail The value of the header `lanes-trail`.
 *
 * @example
 * const loss = findLoss(response.headers.get('lanes-trail'))
 * if (loss) console.error(`${loss.from} called ${loss.to} without ${loss.lane}`)
 */
export function findLoss(trail: string | null | undefined): TrailLoss | undefined {
  const root = parseTrail(trail)
  const hops: TrailHop[] = root === undefined ? [] : [root]
  for (const { name, lane, calls } of hops) {
    const lost = calls.find((call) => call.lane !== lane)
    if (lost !== undefined && lane !== undefined) {
      return { from: name, to: lost.name, lane, got: lost.lane }
    }
    hops.push(...calls)
  }
  return undefined
}
