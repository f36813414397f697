import { isIPv6 } from 'node:net'

/** Where a request goes, as a client knows it. */
export interface Hop {
  /** With the colon: `http:`. */
  readonly protocol: string
  /** The host that the client connects to, without a port; an IPv6 address with or without brackets. */
  readonly host: string
  /** Digits, or empty for the protocol's default. */
  readonly port: string
  readonly method: string
  /** The request target (RFC 9112, 3.2). */
  readonly path: string
}

/**
 * The URL that a request ends at, to be judged. Through a proxy that is the one in the request line
 * (absolute-form, RFC 9112, 3.2.2), not the proxy's own. A CONNECT ends at the proxy and gets a scheme that
 * carries no HTTP headers. Empty where the host is no plain host.
 */
export function destinationUrl({ protocol, host, port, method, path }: Hop): string {
  if (method === 'CONNECT') return `connect://${path}`
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(path)) return path
  const authority = isIPv6(host) ? `[${host}]` : host
  // Anything else that the URL parser takes for the end of the host is still a part of it for a resolver.
  if (!/^(?:\[[\da-f:.]+\]|[^\s/?#@\\:[\]]+)$/i.test(authority)) return ''
  return `${protocol}//${authority}${port === '' ? '' : `:${port}`}${path.startsWith('/') ? path : '/'}`
}
