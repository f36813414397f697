import type { Snapshot } from './bind.ts'
import type { Carrier, Getter, Setter } from './carrier.ts'
import type { Counters } from './counters.ts'
import type { Explanation } from './destination.ts'
import type { EmitterLike } from './emitter.ts'
import type { LaneRecord } from './store.ts'

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
