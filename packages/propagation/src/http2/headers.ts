import { readHeader, replaceHeader } from '../carrier.ts'
import { setInList } from '../header-list.ts'
import type { Propagator } from '../propagator.ts'

/** The headers of a request of HTTP/2, as Node takes them: a record, or since Node 24 a flat list; or nothing. */
export type Http2Headers = unknown

/**
 * Puts the lane of this scope on the headers of a request, where the destination may have it: `:authority` of the
 * request, else `base`, where the session goes. The very same headers where the lane does not go there, and where
 * Node itself will complain.
 */
export function injectHttp2(
  headers: Http2Headers,
  base: URL | undefined,
  { inject }: Propagator,
): Http2Headers {
  try {
    let made: object = Array.isArray(headers) ? headers : { ...Object(headers) }
    const injected = inject([], {
      url: urlOfHttp2(headers, base),
      getter: (_, name) => readHttp2(made, name),
      setter: (_, name, value) => {
        if (Array.isArray(made)) made = setInList(made, name, value)
        else replaceHeader(made, name, value)
      },
    })
    return injected ? made : headers
  } catch {
    return headers
  }
}

/** Takes the lane off a copy of the headers where the destination may not have it, whoever put it there. */
export function stripHttp2(
  headers: Http2Headers,
  base: URL | undefined,
  { fields, strip }: Propagator,
): Http2Headers {
  const before = fields.map((name) => readHttp2(headers, name))
  if (before.every((value) => value === undefined)) return headers
  const carrier: Record<string, unknown> = {}
  for (const [index, name] of fields.entries()) carrier[name] = before[index]
  if (!strip(carrier, urlOfHttp2(headers, base))) return headers
  const changed = fields.filter((name, index) => carrier[name] !== before[index])
  return changed.reduce((made, name) => setHttp2(made, name, carrier[name]), headers)
}

/** The value of a header, undefined where there is none. */
export function readHttp2(headers: Http2Headers, name: string): unknown {
  return readHeader(Array.isArray(headers) ? pairsOf(headers) : headers, name)
}

function setHttp2(headers: Http2Headers, name: string, value: unknown): object {
  if (Array.isArray(headers)) return setInList(headers, name, value)
  const others = Object.entries(Object(headers)).filter(([key]) => key.toLowerCase() !== name)
  const made: object = Object.fromEntries(value === undefined ? others : [...others, [name, value]])
  // `sensitiveHeaders` of Node is a symbol.
  for (const key of Object.getOwnPropertySymbols(Object(headers))) {
    Reflect.set(made, key, Reflect.get(Object(headers), key))
  }
  return made
}

// RFC 9113, 8.3.1; Node fills in what is left out.
function urlOfHttp2(headers: Http2Headers, base: URL | undefined): string {
  const scheme = readHttp2(headers, ':scheme')
  const authority = readHttp2(headers, ':authority')
  const protocol = typeof scheme === 'string' ? `${scheme}:` : base?.protocol
  return `${protocol}//${typeof authority === 'string' ? authority : base?.host}/`
}

function pairsOf(list: readonly unknown[]): unknown[] {
  const names = list.filter((_, index) => index % 2 === 0)
  return names.map((name, index) => [name, list[2 * index + 1]])
}
