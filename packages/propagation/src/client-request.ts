import { destinationUrl } from './destination-url.ts'
import type { Propagator } from './propagator.ts'

/** As much of the ClientRequest of node:http as is needed, before its head is written. */
export interface ClientRequestLike {
  readonly protocol: string
  readonly host: string
  readonly method: string
  readonly path: string
  getHeader(name: string): unknown
  setHeader(name: string, value: string): unknown
  removeHeader(name: string): void
}

/**
 * Where a request goes, to be judged. `hostHeader` tells the port, which the request itself does not; that of
 * another host is not believed.
 */
export function urlOfClientRequest(
  { protocol, host, method, path }: ClientRequestLike,
  hostHeader: unknown,
): string {
  const [, name, digits = ''] =
    AUTHORITY.exec(typeof hostHeader === 'string' ? hostHeader : '') ?? []
  const port = name === host || name === `[${host}]` ? digits : ''
  return destinationUrl({ protocol, host, port, method, path })
}

const AUTHORITY = /^(.*):(\d+)$/

/**
 * Answers what to do with each of the requests that one call makes, a redirect being followed: put the lane of
 * this scope on, where the destination may have it; take off what is there on the way to one that may not.
 * What the caller set for the first one stays, also where that is tried again.
 */
export function createHops(propagator: Propagator): (request: ClientRequestLike) => void {
  let first: string | undefined
  let isRedirected = false
  return propagator.bind((request: ClientRequestLike) => {
    const { fields, inject, strip } = propagator
    const url = urlOfClientRequest(request, request.getHeader('host'))
    const before = readAll(request, ['authorization', ...fields])
    const carrier = { ...before }
    first ??= url
    isRedirected ||= url !== first
    const isStripped = isRedirected && strip(carrier, url)
    if (!isStripped && !inject(carrier, { url })) return
    for (const name of fields) {
      const value = carrier[name]
      if (value === before[name]) continue
      if (typeof value === 'string') request.setHeader(name, value)
      else request.removeHeader(name)
    }
  })
}

function readAll(request: ClientRequestLike, names: readonly string[]): Record<string, unknown> {
  const headers: Record<string, unknown> = {}
  for (const name of names) {
    const value = request.getHeader(name)
    if (value !== undefined) headers[name] = value
  }
  return headers
}

/** Tells a request of node:http from one that is not, of HTTP/2 say. */
export function isClientRequest(value: unknown): value is ClientRequestLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'setHeader') === 'function' &&
    typeof Reflect.get(value, 'protocol') === 'string'
  )
}
