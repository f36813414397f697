import { subscribe } from 'node:diagnostics_channel'
import { readList } from './header-list.ts'
import type { Propagator } from './propagator.ts'
import { stripRequest } from './undici/guard.ts'
import { readRequest, requestOf, urlOfRequest } from './undici/request.ts'

/**
 * Keeps the lanes of a propagator from following a redirect of undici or the built-in fetch to a destination
 * that may not have them; for integrations that work without `install`. A redirect is followed inside, with
 * the headers of the first request (Fetch standard, HTTP-redirect fetch): no hook sees its hops, but channels
 * do. Where a request that carries a lane is answered with a redirect to such a destination, that lane is
 * taken off what goes there from then on. Nothing else is touched: a request that nobody redirected keeps
 * what its caller set.
 */
export function guardRedirects(propagator: Propagator): void {
  if (guarded.size === 0) {
    subscribe('undici:request:headers', quietly(noteRedirect))
    subscribe('undici:request:create', quietly(stripRedirected))
  }
  guarded.add(propagator)
}

const guarded = new Set<Propagator>()

/** Where redirects led that may not have a lane: origin -> the lanes. */
const ledTo = new Map<string, Set<string>>()

/** The lanes that were taken off a request: header -> lane. */
const taken = new WeakMap<object, ReadonlyMap<string, string>>()

/** How many origins are kept in mind, and lanes of each: anyone may send any number. The oldest goes first. */
const MAX_KEPT = 1000

function noteRedirect(message: unknown): void {
  const response: unknown = Reflect.get(Object(message), 'response')
  const { statusCode, headers } = readResponse(response)
  if (statusCode < 300 || statusCode > 399) return
  const request = requestOf(message)
  if (request === undefined) return
  const location = readLocation(headers)
  if (location === undefined) return
  const target = new URL(location, urlOfRequest(request))
  for (const { header, explain } of guarded) {
    // What was taken off is still on the request that fetch itself keeps, and follows the next redirect.
    const lane = readRequest(request, header) ?? taken.get(request)?.get(header)
    if (typeof lane === 'string' && !explain(target).send) keepInMind(target.origin, lane)
  }
}

// Taken out first, so that what is in use stands last.
function keepInMind(origin: string, lane: string): void {
  const lanes = ledTo.get(origin) ?? new Set()
  lanes.delete(lane)
  ledTo.delete(origin)
  ledTo.set(origin, lanes.add(lane))
  dropOldest(lanes)
  dropOldest(ledTo)
}

function dropOldest(kept: Set<string> | Map<string, unknown>): void {
  const [oldest] = kept.keys()
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest)
}

function stripRedirected(message: unknown): void {
  if (ledTo.size === 0) return
  const request = requestOf(message)
  if (request === undefined) return
  const lanes = ledTo.get(new URL(urlOfRequest(request)).origin)
  if (lanes === undefined) return
  for (const propagator of guarded) {
    const { header } = propagator
    const lane = readRequest(request, header)
    if (typeof lane !== 'string' || !lanes.has(lane)) continue
    stripRequest(propagator, request)
    taken.set(request, new Map(taken.get(request)).set(header, lane))
  }
}

function readResponse(response: unknown): { statusCode: number; headers: unknown } {
  const { statusCode, headers }: Record<string, unknown> = Object(response)
  return { statusCode: Number(statusCode), headers }
}

// A flat list of buffers or strings; a record where undici 8 speaks HTTP/2.
function readLocation(headers: unknown): string | undefined {
  const list = Array.isArray(headers) ? headers.map(String) : Object.entries(Object(headers)).flat()
  const location = readList(list, 'location')
  return typeof location === 'string' ? location : undefined
}

function quietly(listener: (message: unknown) => void): (message: unknown) => void {
  return (message) => {
    try {
      listener(message)
    } catch {
      // A subscriber that throws would end the process.
    }
  }
}
