import { subscribe } from 'node:diagnostics_channel'
import { ClientRequest } from 'node:http'
import { decisions } from '../decisions.ts'
import type { Propagator } from '../propagator.ts'
import { judgeCall } from '../testing/call.ts'
import type { LaneCall } from '../testing/call.ts'
import { watchHttp } from '../testing/watch-http.ts'
import { watchUndici } from '../testing/watch-undici.ts'
import { requestOf, urlOfRequest } from '../undici/request.ts'
import { originOfNow } from './async-sites.ts'
import type { Origin } from './async-sites.ts'

/** A call that the app made, and the code that made it. */
export interface TracedCall extends LaneCall {
  readonly origin: Origin
}

/** A lane that the app itself had put on a call to a destination that may not have it. */
export interface HardCoded {
  readonly url: string
  readonly origin: Origin
}

/** What is seen of the app's calls; both grow. */
export interface Sightings {
  readonly calls: readonly TracedCall[]
  readonly hardCoded: readonly HardCoded[]
}

/** Watches the app's calls by node:http, undici and fetch. */
export function watchCalls(propagator: Propagator): Sightings {
  const calls: TracedCall[] = []
  const hardCoded: HardCoded[] = []
  // The moment at which a request is made knows where it came from; its head is final only later.
  const origins = new Map<string, Origin[]>()
  const remember = (key: string): void => {
    origins.set(key, [...(origins.get(key) ?? []), originOfNow()])
  }
  subscribe('undici:request:create', (message) => {
    const request = requestOf(message)
    if (request !== undefined) remember(`${String(request.method)} ${urlOfRequest(request)}`)
  })
  const made = new WeakMap<ClientRequest, Origin>()
  subscribe('http.client.request.created', (message) => {
    const request: unknown = Reflect.get(Object(message), 'request')
    if (request instanceof ClientRequest) made.set(request, originOfNow())
  })
  let current: ClientRequest | undefined
  subscribe('http.client.request.start', (message) => {
    const request: unknown = Reflect.get(Object(message), 'request')
    current = request instanceof ClientRequest ? request : undefined
  })
  watchHttp(propagator.header, (call) => {
    const origin = (current && made.get(current)) ?? originOfNow()
    calls.push({ ...judgeCall(propagator, call), origin })
  })
  watchUndici(propagator.header, (call) => {
    const origin = origins.get(`${call.method} ${call.url}`)?.shift() ?? originOfNow()
    calls.push({ ...judgeCall(propagator, call), origin })
  })
  subscribe(decisions.name, (decision) => {
    const { action, header, url }: Record<string, unknown> = Object(decision)
    if (action !== 'stripped' || header !== propagator.header) return
    hardCoded.push({ url: String(url), origin: originOfNow() })
  })
  return { calls, hardCoded }
}
