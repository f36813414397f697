import type { Snapshot } from './bind.ts'
import type { Carrier, Getter } from './carrier.ts'
import type { Counters } from './counters.ts'
import type { Explanation } from './destination.ts'
import type { EmitterLike } from './emitter.ts'
import { createPropagator } from './create-propagator.ts'
import type { InjectOptions, Lane, Propagator } from './propagator.ts'
import { show } from './show.ts'
import type { LaneRecord } from './store.ts'

/** What every integration takes. */
export interface PropagatorOption {
  /** The propagator to work with. Default: the one that the whole process shares. */
  readonly propagator?: Propagator
}

// Copies of this package that agree on the number share one default propagator, once one is set.
const SLOT = Symbol.for('@traffic-lanes/propagation/default@1')

let shared: Propagator | undefined

/**
 * The propagator that everything uses which was not given another: the one that `shareDefault` set, in
 * this copy of the package or in another, else one made at first use, with no options.
 */
export function defaultPropagator(): Propagator {
  shared ??= adopt() ?? createPropagator()
  return shared
}

/** Makes this the default propagator of the process, for all that asks from now on. */
export function shareDefault(propagator: Propagator): void {
  shared = propagator
  // Reflect, because it answers false on a frozen global object, where Object.defineProperty throws.
  Reflect.defineProperty(globalThis, SLOT, { value: propagator, configurable: true })
}

function adopt(): Propagator | undefined {
  const found: unknown = Reflect.get(globalThis, SLOT)
  return isPropagator(found) ? found : undefined
}

// What SLOT holds was made by createPropagator; another version of it may lack what is newer.
function isPropagator(found: unknown): found is Propagator {
  return (
    typeof found === 'object' &&
    found !== null &&
    PROPAGATOR_METHODS.every((method) => typeof Reflect.get(found, method) === 'function')
  )
}

const PROPAGATOR_METHODS = [
  'currentLane',
  'outboundLane',
  'receive',
  'trusts',
  'run',
  'bind',
  'bindEmitter',
  'snapshot',
  'inject',
  'strip',
]

/**
 * The propagator that an integration's options name, or the default one.
 *
 * @throws TypeError where `propagator` is not one.
 */
export function choosePropagator({ propagator }: PropagatorOption): Propagator {
  if (propagator === undefined) return defaultPropagator()
  if (typeof propagator?.inject !== 'function' || typeof propagator.run !== 'function') {
    throw new TypeError(
      `Expected \`propagator\` to be made by createPropagator(), got ${show(propagator)}`,
    )
  }
  return propagator
}

/**
 * The lane of the current scope; undefined where there is none.
 *
 * @example
 * logger.info({ lane: currentLane() }, 'order placed')
 */
export function currentLane(): string | undefined {
  return defaultPropagator().currentLane()
}

/**
 * Calls `fn` in a scope of the given lane, for everything that `fn` starts, and passes on what it returns or
 * throws. Nested scopes override; `{}`, null or a value that is not taken (empty, over 253 characters,
 * outside the pattern) clear.
 *
 * @throws TypeError where `fn` is not a function.
 *
 * @example
 * consumer.on('message', (message) => run(extract(message.headers), () => handle(message)))
 */
export function run<R>(lane: Lane, fn: () => R): R {
  return defaultPropagator().run(lane, fn)
}

/**
 * Ties `fn` to the scope of this call: whoever calls the result later, and from wherever (a pool, a batch, an
 * event), `fn` runs in the scope that is active now, or in none where none is.
 *
 * @throws TypeError where `fn` is not a function.
 *
 * @example
 * pool.acquire(bind((error, connection) => query(connection)))
 */
export function bind<F extends (...args: never[]) => unknown>(fn: F): F {
  return defaultPropagator().bind(fn)
}

/**
 * Makes an emitter call its listeners in the scope of this call, whenever they are or were added, and
 * wherever the event comes from (a socket, a pool); answers the emitter. Bound again, the later scope counts.
 *
 * @throws TypeError where `emitter` has no `emit`.
 *
 * @example
 * const query = bindEmitter(connection.query('select 1'))
 */
export function bindEmitter<E extends EmitterLike>(emitter: E): E {
  return defaultPropagator().bindEmitter(emitter)
}

/**
 * Takes the scope of this call, or that there is none, and answers a function that calls others in it.
 *
 * @example
 * jobs.push({ job, inScope: snapshot() })
 * // later, in a worker that belongs to no request
 * inScope(work, job)
 */
export function snapshot(): Snapshot {
  return defaultPropagator().snapshot()
}

/**
 * Writes the lane to a carrier, where `url` (if given) may have it and the caller has not set the header;
 * tells whether it did. Never throws.
 *
 * @example
 * const headers = {}
 * inject(headers)
 * channel.publish('orders', 'created', content, { headers })
 */
export function inject<C extends Carrier>(carrier: C, options?: InjectOptions<C>): boolean {
  return defaultPropagator().inject(carrier, options)
}

/**
 * Reads the lane from a carrier, for `run`: empty where there is none that is taken. Never throws.
 *
 * @example
 * run(extract(message.headers), () => handle(message))
 */
export function extract<C>(carrier: C, getter?: Getter<C>): LaneRecord {
  return defaultPropagator().extract(carrier, getter)
}

/**
 * Tells whether a URL may have the lane, and which rule says so. Never throws.
 *
 * @example
 * explain('https://api.stripe.com').send // false
 */
export function explain(url: string | URL): Explanation {
  return defaultPropagator().explain(url)
}

/** What the default propagator did since it was first used. */
export function counters(): Counters {
  return defaultPropagator().counters()
}
