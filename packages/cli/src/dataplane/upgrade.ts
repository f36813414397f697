import { ServerResponse } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Gives a request whose connection Node's server has let go of (`upgrade`, `connect`) a response there.
 * Its end ends the connection, unless that was handed on before.
 *
 * @returns undefined where the connection takes none: it is gone, or still busy with an earlier,
 *   pipelined request. It is then closed.
 */
export function responseOn(request: IncomingMessage, socket: Socket): ServerResponse | undefined {
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  try {
    response.assignSocket(socket)
  } catch {
    socket.destroy()
  }
  if (socket.destroyed) return undefined
  response.on('finish', () => socket.destroySoon())
  return response
}

/**
 * Whether the client merely offers HTTP/2 (Java's HttpClient, `curl --http2`): Envoy then answers in
 * HTTP/1.1 as if nothing had been offered (envoy: http1/codec_impl.cc).
 */
export function offersHttp2(request: IncomingMessage): boolean {
  return request.headers.upgrade?.toLowerCase() === 'h2c'
}

/**
 * A request's head without its offer to upgrade. Node's server stops parsing a connection at such an
 * offer, and knows no way to decline it before 24.9: so the head is put back for another reading.
 */
export function headWithoutUpgrade({
  method,
  url,
  httpVersion,
  rawHeaders,
}: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? ''
    if (['upgrade', 'http2-settings', 'connection'].includes(name.toLowerCase())) continue
    lines.push(`${name}: ${rawHeaders[i + 1] ?? ''}`)
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
}

/** Answers a CONNECT with a bare 200, which has neither length nor chunks, and frees the connection. */
export function acceptConnect(response: ServerResponse, socket: Socket): void {
  response.sendDate = false
  response.removeHeader('connection')
  response.removeHeader('transfer-encoding')
  response.removeHeader('content-length')
  response.writeHead(200, 'Connection Established')
  response.flushHeaders()
  response.detachSocket(socket)
}
