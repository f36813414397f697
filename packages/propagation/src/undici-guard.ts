import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { destinationUrl } from './destination-url.ts'
import { readList, setInList } from './header-list.ts'
import type { HeaderList } from './header-list.ts'
import type { Propagator } from './propagator.ts'

/**
 * Takes the header off every request of undici and of the built-in fetch whose destination may not have it,
 * whoever set it, each hop of a redirect included. It never puts one on: where a pool is full, the channel
 * speaks in the scope of another request (fixed in undici 8.12.3). Taking off needs no scope.
 *
 * @returns a function that removes it.
 */
export function guardUndici(propagator: Propagator): () => void {
  const onMessage = (message: unknown): void => {
    try {
      const request: unknown = Reflect.get(Object(message), 'request')
      if (typeof request === 'object' && request !== null) stripRequest(propagator, request)
    } catch {
      // A subscriber that throws would end the process.
    }
  }
  subscribe('undici:request:create', onMessage)
  return () => void unsubscribe('undici:request:create', onMessage)
}

/** As much of undici's Request as is needed. */
interface UndiciRequest {
  readonly origin?: unknown
  readonly method?: unknown
  readonly path?: unknown
  /** A flat list; `name: value` lines up to undici 5. */
  headers?: unknown
}

function stripRequest({ fields, strip }: Propagator, request: UndiciRequest): void {
  const { headers } = request
  const list = typeof headers === 'string' ? listOf(headers) : headers
  if (!Array.isArray(list)) return
  const before = fields.map((name) => readList(list, name))
  if (before.every((value) => value === undefined)) return
  const carrier: Record<string, unknown> = {}
  for (const [index, name] of fields.entries()) carrier[name] = before[index]
  if (!strip(carrier, urlOf(request))) return
  const changed = fields.filter((name, index) => carrier[name] !== before[index])
  const others = changed.reduce<HeaderList>(
    (made, name) => setInList(made, name, carrier[name]),
    list,
  )
  if (typeof headers === 'string') request.headers = linesOf(others)
  // In place: undici 8 may have handed out the list already.
  else list.splice(0, list.length, ...others)
}

function listOf(lines: string): string[] {
  return lines
    .split('\r\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const at = line.indexOf(':')
      return [line.slice(0, at), line.slice(at + 1).trimStart()]
    })
}

function linesOf(list: HeaderList): string {
  return list.map((text, index) => `${String(text)}${index % 2 === 0 ? ': ' : '\r\n'}`).join('')
}

function urlOf({ origin, method, path }: UndiciRequest): string {
  const { protocol, hostname, port } = new URL(String(origin))
  return destinationUrl({
    protocol,
    host: hostname,
    port,
    method: String(method),
    path: String(path),
  })
}
