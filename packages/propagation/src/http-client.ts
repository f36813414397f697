import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { ClientRequest } from 'node:http'
import { urlOfClientRequest } from './client-request.ts'
import { decisions } from './decisions.ts'
import { tryBindEmitter } from './emitter.ts'
import { readList, setInList } from './header-list.ts'
import type { HeaderList } from './header-list.ts'
import type { Propagator } from './propagator.ts'
import { replaceMethod } from './replace-method.ts'

/**
 * Puts the lane on every request of node:http and node:https, and takes the header off where the destination
 * may not have it, whoever set it. The lane is that of the scope that creates the request; the header is
 * written when the request's head is, after all that the caller does to it, so that a header of the caller's
 * wins. The caller's options stay as they are.
 *
 * @returns a function that removes it.
 */
export function propagateHttp(propagator: Propagator): () => void {
  const lanes = new WeakMap<ClientRequest, string | undefined>()
  const take = (request: ClientRequest): void => {
    if (lanes.has(request)) return
    lanes.set(request, propagator.outboundLane())
    // An agent that is full connects for the next request in the scope of the one before, and fails there.
    tryBindEmitter(request)
  }
  const removals = [
    hasCreatedChannel() ? onCreated(take) : onFirstHeader(take),
    onHead((request, headers) => {
      // Rendered inside the constructor, with an array of headers or `Expect`: the scope is the caller's.
      take(request)
      return judgeHead(propagator, request, headers, lanes.get(request))
    }),
  ]
  return () => removals.forEach((remove) => remove())
}

/**
 * Takes the header off every request of node:http and node:https whose destination may not have it, and puts none
 * on.
 *
 * @returns a function that removes it.
 */
export function guardHttp(propagator: Propagator): () => void {
  return onHead((request, headers) => judgeHead(propagator, request, headers, undefined))
}

type Head = (request: ClientRequest, headers: unknown) => unknown

/** The headers to render in the place of `headers`; the very same where there is nothing to change. */
function judgeHead(
  propagator: Propagator,
  request: ClientRequest,
  headers: unknown,
  lane: string | undefined,
): unknown {
  const { fields, strip, inject, run } = propagator
  const list = Array.isArray(headers) ? headers : undefined
  const read = (name: string): unknown =>
    list === undefined ? request.getHeader(name) : readList(list, name)
  const before = fields.map(read)
  const isEmpty = before.every((value) => value === undefined)
  if (isEmpty && lane === undefined && !decisions.hasSubscribers) return headers
  const url = urlOfClientRequest(request, read('host'))
  const carrier: Record<string, unknown> = { authorization: read('authorization') }
  for (const [index, name] of fields.entries()) carrier[name] = before[index]
  const isStripped = !isEmpty && strip(carrier, url)
  // What says what we would was put there by an integration, further outside.
  const isDone = lane !== undefined && before[0] === lane
  if (!isStripped && (isDone || !run(lane, () => inject(carrier, { url })))) return headers
  const changed = fields.filter((name, index) => carrier[name] !== before[index])
  if (list !== undefined) {
    return changed.reduce<HeaderList>((made, name) => setInList(made, name, carrier[name]), list)
  }
  for (const name of changed) {
    const value = carrier[name]
    if (typeof value === 'string') request.setHeader(name, value)
    else request.removeHeader(name)
  }
  // Without any header there was no table to render; the one that there is now came too late.
  return headers ?? changed.flatMap((name) => [name, carrier[name]])
}

// Node 22.12 and 23.2 publish it at the end of the constructor, in the scope of the caller.
function hasCreatedChannel(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major >= 24 || (major === 23 && minor >= 2) || (major === 22 && minor >= 12)
}

function onCreated(take: (request: ClientRequest) => void): () => void {
  const onMessage = (message: unknown): void => {
    try {
      const request: unknown = Reflect.get(Object(message), 'request')
      if (request instanceof ClientRequest) take(request)
    } catch {
      // A subscriber that throws would end the process.
    }
  }
  subscribe('http.client.request.created', onMessage)
  return () => void unsubscribe('http.client.request.created', onMessage)
}

// Older versions: the constructor sets `Host`, at least, by this method.
function onFirstHeader(take: (request: ClientRequest) => void): () => void {
  return replaceMethod(
    ClientRequest.prototype,
    'setHeader',
    (original) =>
      function setHeader(this: unknown, ...args: unknown[]): unknown {
        try {
          if (this instanceof ClientRequest) take(this)
        } catch {
          // The request goes on without a lane.
        }
        return Reflect.apply(original, this, args)
      },
  )
}

// The one place that every head passes, in whatever form its headers were given, and after which nothing
// can change it. No channel tells of it: `http.client.request.start` comes when the head is rendered.
function onHead(change: Head): () => void {
  return replaceMethod(
    ClientRequest.prototype,
    '_storeHeader',
    (original) =>
      function _storeHeader(this: unknown, firstLine: unknown, headers: unknown): unknown {
        let changed = headers
        try {
          if (this instanceof ClientRequest) changed = change(this, headers)
        } catch {
          // The request goes on as it is.
        }
        return Reflect.apply(original, this, [firstLine, changed])
      },
  )
}
