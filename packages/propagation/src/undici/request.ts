import { destinationUrl } from '../destination-url.ts'
import { readList } from '../header-list.ts'
import type { HeaderList } from '../header-list.ts'

/** As much of the Request of undici, 5 to 8 and the built-in one, as is needed. */
export interface UndiciRequest {
  readonly origin?: unknown
  readonly method?: unknown
  readonly path?: unknown
  /** A flat list; `name: value` lines up to undici 5. */
  headers?: unknown
}

/** The request of a message of undici's channels; undefined where there is none. */
export function requestOf(message: unknown): UndiciRequest | undefined {
  const request: unknown = Reflect.get(Object(message), 'request')
  return typeof request === 'object' && request !== null ? request : undefined
}

/** Where a request goes, to be judged. @throws TypeError where `origin` is no URL. */
export function urlOfRequest({ origin, method, path }: UndiciRequest): string {
  const { protocol, hostname, port } = new URL(String(origin))
  return destinationUrl({
    protocol,
    host: hostname,
    port,
    method: String(method),
    path: String(path),
  })
}

/** The headers of a request, in a row. */
export function listHeaders({ headers }: UndiciRequest): HeaderList {
  if (Array.isArray(headers)) return headers
  if (typeof headers !== 'string') return []
  const lines = headers.split('\r\n').filter((line) => line !== '')
  return lines.flatMap((line) => {
    const at = line.indexOf(':')
    return [line.slice(0, at), line.slice(at + 1).trimStart()]
  })
}

/** The value of a header, undefined where there is none. */
export function readRequest(request: UndiciRequest, header: string): unknown {
  return readList(listHeaders(request), header)
}

/** Puts a list in the place of a request's headers. */
export function writeHeaders(request: UndiciRequest, list: HeaderList): void {
  const { headers } = request
  // In place: undici 8 may have handed out the list already.
  if (Array.isArray(headers)) headers.splice(0, headers.length, ...list)
  else request.headers = linesOf(list)
}

function linesOf(list: HeaderList): string {
  return list.map((text, index) => `${String(text)}${index % 2 === 0 ? ': ' : '\r\n'}`).join('')
}
