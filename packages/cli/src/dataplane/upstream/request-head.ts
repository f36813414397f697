import { validateHeaderValue } from 'node:http'
import { messageOf } from '../../errors.ts'
import { UnsendableError } from './errors.ts'
import type { UpstreamRequest } from './exchange.ts'

// From the root on, without what would end the request line or has no single byte.
const PATH = /^\/[!-~\x80-\xff]*$/

/**
 * Writes a request's head as a string of bytes (RFC 9112 section 3). Names, values, order and repetition
 * of the headers stay; `host` comes first. The values are those of a head that Node has parsed, or were
 * checked by the route's operations; the path and the host may be those of a rewrite.
 *
 * @throws {UnsendableError}
 */
export function writeRequestHead(request: UpstreamRequest): string {
  const { method, path, headers, upgrade, body } = request
  if (!PATH.test(path) && (path !== '*' || method !== 'OPTIONS')) {
    throw new UnsendableError(
      `the path ${JSON.stringify(path)} has to start with a slash and to hold no blank`,
    )
  }
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${hostOf(request)}\r\n`
  head +=
    upgrade === null
      ? 'connection: keep-alive\r\n'
      : `connection: upgrade\r\nupgrade: ${upgrade}\r\n`
  for (let i = 0; i < headers.length; i += 2) head += `${headers[i]}: ${headers[i + 1]}\r\n`
  return body?.isChunked === true ? `${head}transfer-encoding: chunked\r\n\r\n` : `${head}\r\n`
}

function hostOf({ host, address, port }: UpstreamRequest): string {
  if (host === null) return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
  try {
    validateHeaderValue('host', host)
  } catch (error) {
    throw new UnsendableError(messageOf(error), { cause: error })
  }
  return host
}
