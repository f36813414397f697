import { bind, expectFunction } from './bind.ts'
import { deleteHeader, readHeader, writeHeader } from './carrier.ts'
import type { Carrier, Getter, Setter } from './carrier.ts'
import { createTally } from './counters.ts'
import type { Counters } from './counters.ts'
import { createJudge } from './destination.ts'
import type { Explanation } from './destination.ts'
import { readOptions } from './options.ts'
import type { PropagatorOptions } from './options.ts'
import { NO_LANE, activeRecord, runWith } from './store.ts'
import type { LaneRecord } from './store.ts'
import { laneCheck, readLane } from './value.ts'
import type { LaneReading } from './value.ts'

/** How many lanes' records are kept to be used again. */
const MAX_RECORDS = 1000

/** What `run` takes: a lane's name, a record as `extract` answers it, or null for no lane. */
export type Lane = string | LaneRecord | null | undefined

/** How `inject` writes. */
export interface InjectOptions<C extends Carrier = Carrier> {
  /**
   * Where the carrier goes. Without the option the caller vouches for the destination, as it must for
   * messages, which have no URL.
   */
  readonly url?: string | URL
  /** How to look for a header that the caller has set. Default: records, pairs, and anything with `get`. */
  readonly getter?: Getter<C>
  /** How to write. Default: records, pairs, and anything with `set`. */
  readonly setter?: Setter<C>
}

/**
 * Carries one header through a process. No method throws because of what it is given, with one exception:
 * `run` and `bind` without a function have nothing to do, and say so. The methods need no `this`.
 */
export interface Propagator {
  /** The header that carries the lane, in lower case. */
  readonly header: string
  /** The lane of the current scope; undefined where there is none. */
  currentLane(this: void): string | undefined
  /**
   * Calls `fn` in a scope of the given lane, for everything that `fn` starts, and passes on what it returns
   * or throws. Nested scopes override; `{}`, null or a value that is not taken clear: a scope never inherits
   * the lane of another. Headers of other propagators stay as they are.
   *
   * @throws TypeError where `fn` is not a function.
   */
  run<R>(this: void, lane: Lane, fn: () => R): R
  /**
   * Ties `fn` to the scope of this call: whoever calls the result later, and from wherever (a pool, a batch,
   * an event), `fn` runs in the scope that is active now, or in none where none is.
   *
   * @throws TypeError where `fn` is not a function.
   */
  bind<F extends (...args: never[]) => unknown>(this: void, fn: F): F
  /**
   * Writes the lane to a carrier and tells whether it did. It does not where there is no lane, where the
   * caller has set the header (in any case of its name), where `url` may not have it, and where the request
   * is signed with AWS Signature Version 4, which a further header can break.
   */
  inject<C extends Carrier>(this: void, carrier: C, options?: InjectOptions<C>): boolean
  /**
   * Reads the lane from a carrier, for `run`. Empty where there is none, or none that is taken: repeated equal
   * values count as one, different ones as none.
   */
  extract<C>(this: void, carrier: C, getter?: Getter<C>): LaneRecord
  /**
   * Takes the header off a plain record of headers, whoever set it, where `url` may not have it; tells
   * whether it did. For the hops of a redirect.
   */
  strip(this: void, carrier: Carrier, url: string | URL): boolean
  /** Tells whether a URL may have the lane, and which rule says so. */
  explain(this: void, url: string | URL): Explanation
  /** What was done since the propagator was made. */
  counters(this: void): Counters
}

/**
 * Makes a propagator: a header, the values it may have, and the destinations that may have it. All
 * propagators of a process share one store, each its own header.
 *
 * @throws TypeError that names the option, where one is wrong.
 *
 * @example
 * const propagator = createPropagator({ targets: ['*.corp', 'api.partner.example.com'] })
 * app.use(laneMiddleware({ propagator }))
 * registerInterceptor(axios, { propagator })
 */
export function createPropagator(options: PropagatorOptions = {}): Propagator {
  const { header, pattern, targets, namespace } = readOptions(options)
  const check = laneCheck(pattern)
  const explain = createJudge(targets, namespace)
  const tally = createTally()
  const records = new Map<string, LaneRecord>()

  // What is active may come from another copy of this package with another pattern: it is checked again.
  function active(): LaneReading {
    return readLane(activeRecord()?.[header], check)
  }

  function accept(reading: LaneReading): string | undefined {
    if (reading.kind === 'lane') return reading.lane
    if (reading.kind === 'fault') tally.drop(reading.fault)
    return undefined
  }

  function currentLane(): string | undefined {
    const reading = active()
    return reading.kind === 'lane' ? reading.lane : undefined
  }

  function chosen(lane: Lane): string | undefined {
    try {
      if (typeof lane !== 'object' || lane === null) return accept(readLane(lane, check))
      const name = lane[header]
      // Of our own making, as most are: it was checked when it was made.
      if (name !== undefined && records.get(name) === lane) return name
      const others = Object.keys(lane).filter((key) => key.toLowerCase() !== header)
      for (const _ of others) tally.drop('unknown-header')
      return accept(readLane(readHeader(lane, header), check))
    } catch {
      tally.drop('unreadable')
      return undefined
    }
  }

  function recordOf(lane: string | undefined): LaneRecord {
    if (lane === undefined) return NO_LANE
    const known = records.get(lane)
    if (known !== undefined) return known
    // Anyone may send any number of lanes.
    if (records.size >= MAX_RECORDS) records.clear()
    const record: LaneRecord = Object.freeze({ [header]: lane })
    records.set(lane, record)
    return record
  }

  function run<R>(lane: Lane, fn: () => R): R {
    expectFunction(fn, 'run')
    const next = chosen(lane)
    const outer = activeRecord()
    // The scope is already the right one. Up to Node 22, a process in which nothing ever runs in a scope
    // pays nothing for the store.
    if (outer?.[header] === next) return fn()
    return runWith(outer === undefined ? recordOf(next) : replace(outer, header, next), fn)
  }

  function inject<C extends Carrier>(carrier: C, how: InjectOptions<C> = {}): boolean {
    const lane = accept(active())
    if (lane === undefined) return false
    try {
      const { getter = readHeader, setter = writeHeader } = how
      // `in`: a `url` that turns out undefined is a destination nobody knows, not one vouched for.
      if ('url' in how && (!explain(how.url).send || isSigned(getter(carrier, 'authorization')))) {
        tally.count('withheld')
        return false
      }
      if (isPresent(getter(carrier, header))) {
        tally.count('kept')
        return false
      }
      setter(carrier, header, lane)
      tally.count('injected')
      return true
    } catch {
      tally.drop('unwritable')
      return false
    }
  }

  function extract<C>(carrier: C, getter: Getter<C> = readHeader): LaneRecord {
    try {
      return recordOf(accept(readLane(getter(carrier, header), check)))
    } catch {
      tally.drop('unreadable')
      return NO_LANE
    }
  }

  function strip(carrier: Carrier, url: string | URL): boolean {
    try {
      if (explain(url).send || !deleteHeader(carrier, header)) return false
      tally.count('stripped')
      return true
    } catch {
      tally.drop('unwritable')
      return false
    }
  }

  return Object.freeze({
    header,
    currentLane,
    run,
    bind,
    inject,
    extract,
    strip,
    explain,
    counters: tally.read,
  })
}

function replace(outer: LaneRecord, header: string, lane: string | undefined): LaneRecord {
  const { [header]: _, ...others } = outer
  return Object.freeze(lane === undefined ? others : { ...others, [header]: lane })
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0)
}

function isSigned(authorization: unknown): boolean {
  return typeof authorization === 'string' && /^\s*AWS4-/i.test(authorization)
}
