import { bind, expectFunction, snapshot } from './bind.ts'
import type { Snapshot } from './bind.ts'
import { deleteHeader, readHeader, writeHeader } from './carrier.ts'
import type { Carrier, Getter, Setter } from './carrier.ts'
import { createTally } from './counters.ts'
import type { Counters, DropReason } from './counters.ts'
import { decisions } from './decisions.ts'
import type { Decision } from './decisions.ts'
import { createJudge } from './destination.ts'
import type { Explanation } from './destination.ts'
import { bindEmitter } from './emitter.ts'
import type { EmitterLike } from './emitter.ts'
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
   * Makes an emitter call its listeners in the scope of this call, whenever they are or were added; answers
   * the emitter. Bound again, the later scope counts.
   *
   * @throws TypeError where `emitter` has no `emit`.
   */
  bindEmitter<E extends EmitterLike>(this: void, emitter: E): E
  /** Takes the scope of this call, or that there is none, and answers a function that calls others in it. */
  snapshot(this: void): Snapshot
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
  const { header, pattern, targets, namespace, defaultLane } = readOptions(options)
  const check = laneCheck(pattern)
  const explain = createJudge(targets, namespace)
  const tally = createTally()
  const records = new Map<string, LaneRecord>()

  // What is active may come from another copy of this package with another pattern: it is checked again.
  function active(): LaneReading {
    const record = activeRecord()
    return readLane(record === undefined ? defaultLane : record[header], check)
  }

  function accept(reading: LaneReading): string | undefined {
    if (reading.kind === 'lane') return reading.lane
    if (reading.kind === 'fault') drop(reading.fault)
    return undefined
  }

  function drop(reason: DropReason): void {
    tally.drop(reason)
    announce('dropped', reason)
  }

  function announce(action: Decision['action'], reason: string, details: Details = {}): void {
    if (!decisions.hasSubscribers) return
    const { lane, url } = details
    const known = {
      ...(lane !== undefined && { lane }),
      ...(url !== undefined && { url: String(url) }),
    }
    decisions.publish({ action, header, reason, ...known } satisfies Decision)
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
      for (const _ of others) drop('unknown-header')
      return accept(readLane(readHeader(lane, header), check))
    } catch {
      drop('unreadable')
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
    // pays nothing for the store. A default lane counts outside of every scope, so that one must be opened.
    const isScoped = outer !== undefined || defaultLane === undefined
    if (isScoped && outer?.[header] === next) return fn()
    return runWith(outer === undefined ? recordOf(next) : replace(outer, header, next), fn)
  }

  function inject<C extends Carrier>(carrier: C, how: InjectOptions<C> = {}): boolean {
    const lane = accept(active())
    try {
      if (lane === undefined) {
        announce('absent', 'the scope has no lane', { url: how.url })
        return false
      }
      const { getter = readHeader, setter = writeHeader } = how
      // `in`: a `url` that turns out undefined is a destination nobody knows, not one vouched for.
      const { send, reason } = 'url' in how ? explain(how.url) : VOUCHED
      const isWithheld = !send || ('url' in how && isSigned(getter(carrier, 'authorization')))
      if (isWithheld) {
        tally.count('withheld')
        announce('withheld', send ? SIGNED : reason, { url: how.url, lane })
        return false
      }
      if (isPresent(getter(carrier, header))) {
        tally.count('kept')
        announce('kept', 'the header was already set', { url: how.url, lane })
        return false
      }
      setter(carrier, header, lane)
      tally.count('injected')
      announce('injected', reason, { url: how.url, lane })
      return true
    } catch {
      drop('unwritable')
      return false
    }
  }

  function extract<C>(carrier: C, getter: Getter<C> = readHeader): LaneRecord {
    try {
      const lane = accept(readLane(getter(carrier, header), check))
      if (lane !== undefined) announce('extracted', 'the carrier holds it', { lane })
      return recordOf(lane)
    } catch {
      drop('unreadable')
      return NO_LANE
    }
  }

  function strip(carrier: Carrier, url: string | URL): boolean {
    try {
      const { send, reason } = explain(url)
      if (send || !deleteHeader(carrier, header)) return false
      tally.count('stripped')
      announce('stripped', reason, { url })
      return true
    } catch {
      drop('unwritable')
      return false
    }
  }

  return Object.freeze({
    header,
    currentLane,
    run,
    bind,
    bindEmitter,
    snapshot,
    inject,
    extract,
    strip,
    explain,
    counters: tally.read,
  })
}

/** What a decision may be about. */
interface Details {
  readonly lane?: string
  readonly url?: string | URL | undefined
}

const VOUCHED: Explanation = Object.freeze({ send: true, reason: 'the caller vouches for it' })

const SIGNED = 'the request is signed with AWS Signature Version 4'

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
