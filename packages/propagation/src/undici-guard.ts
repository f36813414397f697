import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { destinationUrl } from './destination-url.ts'
import { readList, removeFromList } from './header-list.ts'
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

function stripRequest({ header, strip }: Propagator, request: UndiciRequest): void {
  const { headers } = request
  if (Array.isArray(headers)) {
    const present = readList(headers, header)
    if (present === undefined || !strip({ [header]: present }, urlOf(request))) return
    // In place: undici 8 may have handed out the list already.
    headers.splice(0, headers.length, ...removeFromList(headers, header))
  } else if (typeof headers === 'string') {
    const lines = headers.split('\r\n')
    const others = lines.filter((line) => line.split(':', 1)[0]?.toLowerCase() !== header)
    if (others.length === lines.length || !strip({ [header]: '' }, urlOf(request))) return
    request.headers = others.join('\r\n')
  }
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
