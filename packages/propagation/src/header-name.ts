import { show } from './show.ts'

// `token` of RFC 9110, 5.6.2.
const TOKEN = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/

// What HTTP itself needs (RFC 9110, 7.6.1, and message framing): a client refuses or rewrites them. What others
// mean something by: the wire guard would take it off all that leaves the cluster. Then the one whose members belong
// to many (W3C Baggage), to which the option `baggage` adds ours, and that of our own trail.
const RESERVED: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'accept',
  'accept-encoding',
  'authorization',
  'content-encoding',
  'content-type',
  'cookie',
  'origin',
  'proxy-authorization',
  'range',
  'traceparent',
  'tracestate',
  'user-agent',
  'baggage',
  'lanes-trail',
])

/** Tells whether a text is a `token` of RFC 9110, which names of headers and keys of W3C Baggage are. */
export function isToken(text: unknown): text is string {
  return typeof text === 'string' && TOKEN.test(text)
}

/**
 * Reads the name of a header that may carry the lane, in lower case.
 *
 * @throws TypeError that names the option, where it is no name or not free.
 */
export function readHeaderName(header: unknown, option: string): string {
  if (!isToken(header)) {
    throw new TypeError(
      `Expected \`${option}\` to be the name of an HTTP header, got ${show(header)}`,
    )
  }
  const name = header.toLowerCase()
  // `in`: a property that every object has (`constructor`, `__proto__`) cannot be told from a header.
  if (RESERVED.has(name) || name in {}) {
    throw new TypeError(`Expected \`${option}\` to be free for own use, got ${show(header)}`)
  }
  return name
}
