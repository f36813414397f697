import { bind, expectFunction, snapshot } from './bind.ts'
import type { Snapshot } from './bind.ts'
import { readHeader, writeHeader } from './carrier.ts'
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
import { createWire } from './wire.ts'

/** How many lanes are kept in mind. */
const MAX_LANES = 1000

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
  /** Every header that is read or written, `header` first, then its aliases and `baggage`; in lower case. */
  readonly fields: readonly string[]
  /** The lane of the current scope; undefined where there is none. */
  currentLane(this: void): string | undefined
  /** The lane that requests of the current scope carry on: undefined also for one that came for one hop. */
  outboundLane(this: void): string | undefined
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
   * Reads the lane of an inbound request, for `run`: as `extract` of its headers, where `trust` says that the
   * request may choose one.
   */
  receive(this: void, request: { readonly headers?: object }): LaneRecord
  /** What `trust` says to a request; true where the option was not given. Never throws. */
  trusts(this: void, request: object): boolean
  /**
   * Takes the header, its aliases and the baggage member off a plain record of headers, whoever set them,
   * where `url` may not have them; tells whether it did. For the hops of a redirect.
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
  const settings = readOptions(options)
  const { header, pattern, targets, namespace, defaultLane, hops, trusts, allows } = settings
  const wire = createWire(settings)
  const check = laneCheck(pattern)
  const explain = createJudge(targets, namespace)
  const tally = createTally()
  const records = new Map<string, LaneRecord>()
  const readings = new Map<string, LaneReading>()

  // What is active may come from another copy of this package with another pattern: it is checked again.
  function active(): LaneReading {
    const record = activeRecord()
    return read(record === undefined ? defaultLane : record[header])
  }

  // Nearly all are one of a few lanes that are in use, and were checked before.
  function read(raw: unknown): LaneReading {
    const known = typeof raw === 'string' ? readings.get(raw) : undefined
    if (known !== undefined) return known
    const reading = readLane(raw, check)
    if (reading.kind === 'lane' && reading.lane === raw) keep(readings, raw, reading)
    return reading
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

  function outboundLane(): string | undefined {
    return hasArrived(activeRecord()) ? undefined : currentLane()
  }

  // On the record and not in it, so that it is no header.
  const arrived = Symbol.for(`@traffic-lanes/propagation/arrived:${header}`)

  function hasArrived(lane: Lane): boolean {
    return hops === 'one' && typeof lane === 'object' && lane !== null && arrived in lane
  }

  function chosen(lane: Lane): string | undefined {
    try {
      if (typeof lane !== 'object' || lane === null) return accept(read(lane))
      const name = lane[header]
      // Of our own making, as most are: it was checked when it was made.
      if (name !== undefined && records.get(name) === lane) return name
      const others = Object.keys(lane).filter((key) => key.toLowerCase() !== header)
      for (const _ of others) drop('unknown-header')
      return accept(read(readHeader(lane, header)))
    } catch {
      drop('unreadable')
      return undefined
    }
  }

  function recordOf(lane: string | undefined, came: boolean): LaneRecord {
    if (lane === undefined) return NO_LANE
    // No lane holds a blank.
    const key = came ? `${lane} ` : lane
    const known = records.get(key)
    if (known !== undefined) return known
    return keep(records, key, replace(NO_LANE, lane, came))
  }

  function replace(outer: LaneRecord, lane: string | undefined, came: boolean): LaneRecord {
    const { [header]: _, ...others } = outer
    Reflect.deleteProperty(others, arrived)
    if (lane === undefined) return Object.freeze(others)
    return Object.freeze({ ...others, [header]: lane, ...(came && { [arrived]: true }) })
  }

  function run<R>(lane: Lane, fn: () => R): R {
    expectFunction(fn, 'run')
    const next = chosen(lane)
    const came = next !== undefined && hasArrived(lane)
    const outer = activeRecord()
    // The scope is already the right one. Up to Node 22, a process in which nothing ever runs in a scope
    // pays nothing for the store. A default lane counts outside of every scope, so that one must be opened.
    const isScoped = outer !== undefined || defaultLane === undefined
    if (isScoped && outer?.[header] === next && hasArrived(outer) === came) return fn()
    return runWith(outer === undefined ? recordOf(next, came) : replace(outer, next, came), fn)
  }

  function inject<C extends Carrier>(carrier: C, how: InjectOptions<C> = {}): boolean {
    const lane = accept(active())
    try {
      if (lane === undefined || hasArrived(activeRecord())) {
        announce('absent', lane === undefined ? ABSENT : ONE_HOP, { url: how.url })
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
      if (wire.isSet(carrier, getter, lane)) {
        tally.count('kept')
        announce('kept', 'the header was already set', { url: how.url, lane })
        return false
      }
      if (!wire.write(carrier, getter, setter, lane)) drop('baggage-full')
      tally.count('injected')
      announce('injected', reason, { url: how.url, lane })
      return true
    } catch {
      drop('unwritable')
      return false
    }
  }

  function extract<C>(carrier: C, getter: Getter<C> = readHeader): LaneRecord {
    return take(carrier, getter, EVERYBODY)
  }

  function receive(request: { readonly headers?: object }): LaneRecord {
    return take(request, readInbound, trusts)
  }

  function take<C>(carrier: C, getter: Getter<C>, isTrusted: (carrier: C) => boolean): LaneRecord {
    try {
      const lane = accept(read(wire.read(carrier, getter)))
      if (lane === undefined) return NO_LANE
      if (!allows(lane) || !isTrusted(carrier)) {
        drop(allows(lane) ? 'untrusted' : 'not-allowed')
        return NO_LANE
      }
      announce('extracted', 'the carrier holds it', { lane })
      return recordOf(lane, hops === 'one')
    } catch {
      drop('unreadable')
      return NO_LANE
    }
  }

  function strip(carrier: Carrier, url: string | URL): boolean {
    try {
      const { send, reason } = explain(url)
      if (send || !wire.remove(carrier)) return false
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
    fields: wire.fields,
    currentLane,
    outboundLane,
    run,
    bind,
    bindEmitter,
    snapshot,
    inject,
    extract,
    receive,
    trusts,
    strip,
    explain,
    counters: tally.read,
  })
}

// Anyone may send any number of lanes.
function keep<V>(known: Map<string, V>, key: string, value: V): V {
  if (known.size >= MAX_LANES) known.clear()
  known.set(key, value)
  return value
}

/** What a decision may be about. */
interface Details {
  readonly lane?: string
  readonly url?: string | URL | undefined
}

const VOUCHED: Explanation = Object.freeze({ send: true, reason: 'the caller vouches for it' })

// The names of Node's headers are in lower case, so that there is no need to look at each.
function readInbound({ headers }: { readonly headers?: object }, name: string): unknown {
  if (headers === undefined || 'get' in headers) return readHeader(headers, name)
  const values: Readonly<Record<string, unknown>> = Object(headers)
  return values[name]
}

const EVERYBODY = (): boolean => true

const ABSENT = 'the scope has no lane'

const ONE_HOP = 'it came for one hop'

const SIGNED = 'the request is signed with AWS Signature Version 4'

function isSigned(authorization: unknown): boolean {
  return typeof authorization === 'string' && /^\s*AWS4-/i.test(authorization)
}
