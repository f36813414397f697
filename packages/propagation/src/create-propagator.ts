import { bind, expectFunction, snapshot } from './bind.ts'
import { readHeader, writeHeader } from './carrier.ts'
import type { Carrier, Getter } from './carrier.ts'
import { createTally } from './counters.ts'
import type { DropReason } from './counters.ts'
import { decisions } from './decisions.ts'
import type { Decision } from './decisions.ts'
import { createJudge } from './destination.ts'
import type { Explanation } from './destination.ts'
import { bindEmitter } from './emitter.ts'
import { createRecords, keep } from './lane-records.ts'
import type { Layer } from './layer.ts'
import { readOptions } from './options.ts'
import type { PropagatorOptions } from './options.ts'
import type { InjectOptions, Lane, Propagator } from './propagator.ts'
import { NO_LANE, activeRecord, runWith } from './store.ts'
import type { LaneRecord } from './store.ts'
import { laneCheck, readLane } from './value.ts'
import type { LaneReading } from './value.ts'
import { createWire } from './wire.ts'

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
  const { recordOf, replace, hasArrived, isOwn } = createRecords(header, hops)
  const readings = new Map<string, LaneReading>()
  /** The headers of requests whose value was not taken. */
  const dropped = new WeakSet()

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

  function chosen(lane: Lane): string | undefined {
    try {
      if (typeof lane !== 'object' || lane === null) return accept(read(lane))
      const name = lane[header]
      // Of our own making, as most are: it was checked when it was made.
      if (name !== undefined && isOwn(lane, name)) return name
      const others = Object.keys(lane).filter((key) => key.toLowerCase() !== header)
      for (const _ of others) drop('unknown-header')
      return accept(read(readHeader(lane, header)))
    } catch {
      drop('unreadable')
      return undefined
    }
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

  function inject<C extends Carrier>(
    carrier: C,
    how: InjectOptions<C> = {},
    layer: Layer = 'entry',
  ): boolean {
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
        tally.leave('withheld', layer, how.url)
        announce('withheld', send ? SIGNED : reason, { url: how.url, lane })
        return false
      }
      if (wire.isSet(carrier, getter, lane)) {
        tally.leave('kept', layer, how.url)
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
    return take(request, readInbound, trusts, dropOnce)
  }

  // `register` and a middleware read the same request.
  function dropOnce(reason: DropReason, { headers }: { readonly headers?: object }): void {
    if (headers !== undefined && dropped.has(headers)) return
    if (headers !== undefined) dropped.add(headers)
    drop(reason)
  }

  function take<C>(
    carrier: C,
    getter: Getter<C>,
    isTrusted: (carrier: C) => boolean,
    refuse: (reason: DropReason, carrier: C) => void = drop,
  ): LaneRecord {
    try {
      const reading = read(wire.read(carrier, getter))
      if (reading.kind === 'fault') refuse(reading.fault, carrier)
      if (reading.kind !== 'lane') return NO_LANE
      const { lane } = reading
      if (!allows(lane) || !isTrusted(carrier)) {
        refuse(allows(lane) ? 'untrusted' : 'not-allowed', carrier)
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
