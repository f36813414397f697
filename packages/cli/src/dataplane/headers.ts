import type { Decision, Header } from '@traffic-lanes/routing'
import { applyOperations, hasOperations } from './operations.ts'

/*
 * What this hop changes in the headers of a request and of a response, beside the operations that a
 * route asks for: hop-by-hop headers end here (RFC 9110 section 7.6.1), nothing else. Envoy's own
 * additions (x-request-id, x-forwarded-proto, x-envoy-*, server) are left out: they carry no lane, and
 * an app under development should see what its caller sent. `host` and `connection` come first, in lower
 * case; all other names, their order and their repetition stay.
 */

/** A request's headers, read once. */
export interface RequestHeaders {
  /** All of them as they came, for the decision. */
  readonly pairs: readonly Header[]
  /** Those that go on to the upstream, without Host, flat: name, value, name, value, … */
  readonly forward: string[]
  readonly host: string | null
  readonly hasBody: boolean
  /** Whether the body comes in chunks, without a length. */
  readonly isChunked: boolean
  /** What makes the request unacceptable, in words; null where nothing does. */
  readonly problem: string | null
}

/** Reads a request's raw headers. `expect` ends here too: Node has answered `100 Continue` by itself. */
export function readRequestHeaders(raw: readonly string[]): RequestHeaders {
  const pairs: Header[] = []
  const forward: string[] = []
  let host: string | null = null
  let hasBody = false
  let isChunked = false
  let problem: string | null = null
  let nominated: readonly string[] | null = null
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] ?? ''
    const value = raw[i + 1] ?? ''
    pairs.push([name, value])
    switch (specialName(name)) {
      case 'host':
        if (host !== null) problem = 'more than one Host header'
        host = value
        continue
      case 'content-length':
        hasBody ||= Number(value) > 0
        break
      case 'transfer-encoding':
        // Only `chunked` is undone here; forwarded without its name, another coding would be garbage.
        if (value.toLowerCase() !== 'chunked') problem = `transfer-encoding "${value}"`
        hasBody = true
        isChunked = true
        continue
      case 'connection':
        nominated = namedIn(value, nominated)
        continue
      case 'te':
        if (/(?:^|,)\s*trailers\s*(?:[,;]|$)/i.test(value)) forward.push(name, 'trailers')
        continue
      // Trailers end here, as RFC 9110 section 6.5.1 allows, so they are not announced either.
      case 'trailer':
      case 'keep-alive':
      case 'proxy-connection':
      case 'proxy-authenticate':
      case 'proxy-authorization':
      case 'upgrade':
      case 'expect':
        continue
      default:
    }
    forward.push(name, value)
  }
  if (nominated !== null) dropNames(forward, nominated)
  return { pairs, forward, host, hasBody, isChunked, problem }
}

/** The headers for the upstream: those that go on, with the decision's changes. Changes `forward` in place. */
export function upstreamHeaders({ forward }: RequestHeaders, decision: Decision | null): string[] {
  if (decision !== null && hasOperations(decision.requestHeaders)) {
    applyOperations(forward, decision.requestHeaders)
  }
  return forward
}

/**
 * A response's headers as the client gets them, flat as they came. Node adds `date` where there is none,
 * and the framing where there is no `content-length`.
 *
 * @param trailers whether trailers can follow on this response: else `trailer` is dropped, since Node
 *   refuses a head that announces what its framing cannot carry.
 */
export function readResponseHeaders(raw: readonly string[], trailers: boolean): string[] {
  const headers: string[] = []
  let nominated: readonly string[] | null = null
  let hasLength = false
  let hasDisposition = false
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] ?? ''
    const value = raw[i + 1] ?? ''
    switch (specialName(name)) {
      case 'connection':
        nominated = namedIn(value, nominated)
        continue
      case 'content-length':
        hasLength = true
        break
      case 'content-disposition':
        hasDisposition = true
        break
      case 'trailer':
        if (!trailers) continue
        break
      case 'transfer-encoding':
      case 'te':
      case 'keep-alive':
      case 'proxy-connection':
      case 'proxy-authenticate':
      case 'proxy-authorization':
      case 'upgrade':
        continue
      default:
    }
    headers.push(name, value)
  }
  if (nominated !== null) dropNames(headers, nominated)
  if (hasLength && hasDisposition) moveLengthLast(headers)
  return headers
}

/** Trailers as Node takes them. */
export function readTrailers(flat: readonly string[]): [string, string][] {
  const trailers: [string, string][] = []
  for (let i = 0; i < flat.length; i += 2) trailers.push([flat[i] ?? '', flat[i + 1] ?? ''])
  return trailers
}

/** The name in lower case where its length is that of a name treated here; '' for most names. */
function specialName(name: string): string {
  switch (name.length) {
    case 2: // te
    case 4: // host
    case 6: // expect
    case 7: // trailer, upgrade
    case 10: // connection, keep-alive
    case 14: // content-length
    case 16: // proxy-connection
    case 17: // transfer-encoding
    case 18: // proxy-authenticate
    case 19: // proxy-authorization, content-disposition
      return name.toLowerCase()
    default:
      return ''
  }
}

/** The header names that a Connection header makes hop-by-hop, added to those already known. */
function namedIn(value: string, known: readonly string[] | null): readonly string[] | null {
  const plain = value.toLowerCase()
  if (plain === 'keep-alive' || plain === 'close') return known
  const names = plain.split(',').map((name) => name.trim())
  // RFC 9110 section 7.6.1 forbids to nominate what is for all recipients. `te` was decided by itself.
  const allowed = names.filter((name) => !['', 'host', 'content-length', 'te'].includes(name))
  return allowed.length === 0 ? known : [...(known ?? []), ...allowed]
}

function dropNames(headers: string[], names: readonly string[]): void {
  for (let i = headers.length - 2; i >= 0; i -= 2) {
    if (names.includes(headers[i]?.toLowerCase() ?? '')) headers.splice(i, 2)
  }
}

/** Node re-encodes a `content-disposition` after a length, and so spoils raw bytes in a file name. */
function moveLengthLast(headers: string[]): void {
  const at = headers.findIndex((part, i) => i % 2 === 0 && part.toLowerCase() === 'content-length')
  headers.push(...headers.splice(at, 2))
}
