import type { IncomingMessage } from 'node:http'
import type { Destination } from '@traffic-lanes/routing'
import { readRequestHeaders } from './headers.ts'
import type { RequestHeaders } from './headers.ts'

/** A request as its listener understands it. */
export interface Target {
  /** The path that is asked for, with the query. */
  readonly path: string
  readonly headers: RequestHeaders
  readonly destination: Destination
  /** The Upgrade header's value where the client wants another protocol, else null. */
  readonly upgrade: string | null
}

/**
 * Reads the request line. An absolute one (`GET http://testbbb:32000/a`) is split into its path and its
 * authority, which rules over the Host header (RFC 9112 section 3.2.2).
 *
 * @param locate where the connection goes, given that authority; undefined where it goes nowhere.
 */
export function readTarget(
  request: IncomingMessage,
  upgrade: string | null,
  locate: (authority: string | undefined) => Destination | undefined,
): Target {
  const url = request.url ?? '/'
  const absolute = url.startsWith('/') ? undefined : /^https?:\/\/([^/?#]*)(.*)$/i.exec(url)
  const [, authority, rest = ''] = absolute ?? []
  const destination = locate(authority)
  const headers = readRequestHeaders(
    authority === undefined ? request.rawHeaders : withHost(request.rawHeaders, authority),
  )
  return {
    path: absolute ? rest.replace(/^(?!\/)/, '/') : url,
    headers:
      destination === undefined
        ? { ...headers, problem: 'this is an HTTP proxy, which wants an absolute URL or CONNECT' }
        : headers,
    destination: destination ?? { port: 0 },
    upgrade,
  }
}

/** `testbbb:32000` as a destination. undefined where it is no host and port. */
export function destinationOf(authority: string, defaultPort?: number): Destination | undefined {
  const [, bracketed, plain, digits] =
    /^(?:\[([^\]]+)\]|([^:@]+))(?::(\d{1,5}))?$/.exec(authority) ?? []
  const address = bracketed ?? plain
  const port = digits === undefined ? defaultPort : Number(digits)
  if (address === undefined || port === undefined || port < 1 || port > 65_535) return undefined
  return { address, port }
}

function withHost(raw: readonly string[], authority: string): string[] {
  const headers = ['host', authority]
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] ?? ''
    if (name.toLowerCase() !== 'host') headers.push(name, raw[i + 1] ?? '')
  }
  return headers
}
