import type { Propagator } from '../propagator.ts'
import { activeRecord, runWith } from '../store.ts'
import { mergeHops } from './hop.ts'
import type { TrailHop } from './hop.ts'
import { parseTrail } from './parse.ts'

/** The response header that holds a trail, and the key in the record of a scope that names its collector. */
export const TRAIL_HEADER = 'lanes-trail'

/** What a request's trail is put together from, as long as its response has no head. */
interface Collector {
  readonly propagator: Propagator
  /** One entry a call; undefined where it has not been answered, or not with a trail. */
  readonly calls: Array<TrailHop | undefined>
}

/** Takes what a call was answered with: the URL that answered, and the value of `lanes-trail`. */
export type NoteAnswer = (url: string | URL, trail: unknown) => void

/** The calls of one request are not followed beyond this number. */
const MAX_CALLS = 1000

/** Opens a collector, and calls `fn` in a scope that names it. */
export function collect<R>(propagator: Propagator, fn: (id: string) => R): R {
  count += 1
  const id = String(count)
  collectors().set(id, { propagator, calls: [] })
  return runWith(Object.freeze({ ...activeRecord(), [TRAIL_HEADER]: id }), fn, id)
}

/** Closes a collector and answers the calls that it has, equal ones as one. */
export function closeCollector(id: string): TrailHop[] {
  const calls = collectors().get(id)?.calls ?? []
  collectors().delete(id)
  return mergeHops(calls.filter((call) => call !== undefined))
}

/**
 * Tells the collector of the current scope that a call begins, and answers what to do with its response; undefined
 * where nobody collects. Answers of destinations that may not have the lane are not looked at.
 */
export function beginCall(): NoteAnswer | undefined {
  const id = activeRecord()?.[TRAIL_HEADER]
  const collector = id === undefined ? undefined : collectors().get(id)
  if (collector === undefined || collector.calls.length >= MAX_CALLS) return undefined
  const { propagator, calls } = collector
  const at = calls.push(undefined) - 1
  return (url, trail) => {
    if (trail === undefined || trail === null || !propagator.explain(url).send) return
    calls[at] = parseTrail(trail)
  }
}

let count = 0

// The number is that of the contract of Collector, for other copies of this package.
const SLOT = Symbol.for('@traffic-lanes/propagation/trails@1')

// By an id, so that no scope, which Node may keep for long (nodejs/node#61882), holds more than a text.
function collectors(): Map<string, Collector> {
  const found: unknown = Reflect.get(globalThis, SLOT)
  if (isCollectors(found)) return found
  Reflect.defineProperty(globalThis, SLOT, { value: own })
  return own
}

const own = new Map<string, Collector>()

function isCollectors(found: unknown): found is Map<string, Collector> {
  return found instanceof Map
}
