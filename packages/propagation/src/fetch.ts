import { decisions } from './decisions.ts'
import { choosePropagator, defaultPropagator } from './default.ts'
import type { PropagatorOption } from './default.ts'
import { copyHeaders, readFetchHeader } from './fetch-headers.ts'
import { wrappers } from './fetch-wrappers.ts'
import { inLayer, layerOf } from './layer.ts'
import type { Propagator } from './propagator.ts'
import { guardRedirects } from './redirect-guard.ts'
import { show } from './show.ts'
import { observeFetch } from './trail/observe-fetch.ts'

/** Any function that is called as `fetch` is: the global one, undici's, one's own. */
export type FetchLike = (input: never, init?: never) => Promise<unknown>

/**
 * Wraps a fetch function so that its requests carry the lane of the scope that calls it, to destinations that
 * may have it. A header that the caller set wins; the caller's objects stay as they are. A function that is
 * already wrapped for the same propagator comes back as it is. Redirects are followed inside fetch, with the
 * headers of the first request; the lane is taken off on the way to a destination that may not have it, for
 * the built-in fetch and that of undici. One that stands on node:http, as node-fetch does, needs `install` or
 * `register` for that.
 *
 * @throws TypeError where `fetch` is not a function or `propagator` is not a propagator.
 *
 * @example
 * import { fetch } from 'undici'
 * import { wrapFetch } from '@traffic-lanes/propagation/fetch'
 *
 * const laneFetch = wrapFetch(fetch)
 * await laneFetch('http://testbbb.test-istio:32000/')
 */
export function wrapFetch<F extends FetchLike>(fetch: F, options: PropagatorOption = {}): F {
  if (typeof fetch !== 'function') {
    throw new TypeError(`Expected \`fetch\` to be a function, got ${show(fetch)}`)
  }
  const propagator = choosePropagator(options)
  if (isWrapped(fetch, propagator)) return fetch
  const acting = inLayer(layerOf(options), propagator)
  // A proxy keeps what the function bears: its name and length, `Headers` of node-fetch.
  const fetchInLane = new Proxy(fetch, {
    apply(target, self, args: unknown[]) {
      const inLane = wrappers.has(fetchInLane) ? withLane(args, acting) : args
      return observeFetch(
        () => Reflect.apply<unknown, unknown[], unknown>(Object(target), self, inLane),
        () => urlOf(inLane[0]),
      )
    },
  })
  wrappers.set(fetchInLane, propagator)
  return fetchInLane
}

/**
 * The global `fetch` with the lane. The global one is looked up at each call, so that what replaces it (msw,
 * undici's `install()`, instrumentation) goes on working.
 *
 * @example
 * import { laneFetch } from '@traffic-lanes/propagation/fetch'
 *
 * const response = await laneFetch('http://testbbb.test-istio:32000/')
 */
export async function laneFetch(...args: Parameters<FetchFn>): ReturnType<FetchFn> {
  // Someone may have made this function the global one.
  const fetch = globalThis.fetch === laneFetch ? initialFetch : globalThis.fetch
  const propagator = defaultPropagator()
  if (latest?.fetch !== fetch || !isWrapped(latest.inLane, propagator)) {
    latest = { fetch, inLane: wrapFetch(fetch) }
  }
  return latest.inLane(...args)
}

/** The last one that was wrapped: to wrap it costs as much as all else that is done for a call. */
let latest: Readonly<{ fetch: FetchFn; inLane: FetchFn }> | undefined

type FetchFn = typeof globalThis.fetch

const initialFetch = globalThis.fetch

function isWrapped(fetch: object, propagator: Propagator): boolean {
  if (fetch === laneFetch) return propagator === defaultPropagator()
  return wrappers.get(fetch) === propagator
}

// The very same arguments where the lane does not go there, and where fetch itself will complain.
function withLane(args: unknown[], propagator: Propagator): unknown[] {
  const lane = propagator.currentLane()
  if (lane === undefined && !decisions.hasSubscribers) return args
  try {
    const [input, init, ...rest] = args
    if (!isObject(init) && init !== undefined && init !== null) return args
    const given = headersOf(input, init)
    const headers = copyHeaders(given)
    // What says what we would was put there by an entry further outside.
    const isDone = lane !== undefined && readFetchHeader(headers, propagator.header) === lane
    const injected =
      !isDone && propagator.inject(headers, { url: urlOf(input), getter: readFetchHeader })
    // An iterator that was read is at its end: the copy has to stand in for it.
    if (!injected && !isIterator(given)) return args
    if (injected) guardRedirects(propagator)
    return [input, withHeaders(input, init, headers), ...rest]
  } catch {
    return args
  }
}

interface RequestLike {
  readonly url: string
  readonly headers: object
}

function isRequest(input: unknown): input is RequestLike {
  return isObject(input) && typeof Reflect.get(input, 'url') === 'string' && 'headers' in input
}

function urlOf(input: unknown): string | URL {
  if (isRequest(input)) return input.url
  if (typeof input === 'string' || input instanceof URL) return input
  return ''
}

// Fetch standard, Request constructor: headers in init replace those of the request, all of them.
function headersOf(input: unknown, init: unknown): unknown {
  const own: unknown = isObject(init) ? Reflect.get(init, 'headers') : undefined
  if (own !== undefined) return own
  return isRequest(input) ? input.headers : {}
}

function withHeaders(input: unknown, init: unknown, headers: object): object {
  if (!isObject(init)) return { ...referrerOf(input), headers }
  const copy = { ...init, headers }
  const prototype: unknown = Object.getPrototypeOf(init)
  if (prototype === Object.prototype || prototype === null) return copy
  // A Request in the place of init, say: its fields are getters that work on the original only.
  return new Proxy(copy, {
    get: (own, key): unknown => Reflect.get(Object.hasOwn(own, key) ? own : init, key),
  })
}

// Fetch standard, Request constructor: any init resets these two.
function referrerOf(input: unknown): object {
  if (!isRequest(input)) return {}
  const referrer: unknown = Reflect.get(input, 'referrer')
  const referrerPolicy: unknown = Reflect.get(input, 'referrerPolicy')
  return typeof referrer === 'string' ? { referrer, referrerPolicy } : {}
}

function isIterator(value: unknown): boolean {
  return isObject(value) && typeof Reflect.get(value, 'next') === 'function'
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
