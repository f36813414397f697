import { once } from 'node:events'
import http from 'node:http'
import { connect } from 'node:net'
import type { Server, Socket } from 'node:net'
import { text } from 'node:stream/consumers'

/** GET over one fresh connection; the body as text. */
export async function get(url: string, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(url, { headers: { connection: 'close', ...headers } })
  return response.text()
}

/** Whether something accepts connections there. */
export async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const open = await Promise.race([
    once(socket, 'connect').then(() => true),
    once(socket, 'error').then(
      () => false,
      () => false,
    ),
  ]).catch(() => false)
  socket.destroy()
  return open
}

/** A connection that tells when the other side is gone. */
export async function hold(port: number): Promise<{ closed: Promise<unknown>; socket: Socket }> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.on('error', () => {})
  socket.resume()
  return { socket, closed: once(socket, 'close') }
}

/** Listens on any free port of 127.0.0.1 and says which. */
export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('not a TCP server')
  return address.port
}

/** GET as a program sends it that was given HTTP_PROXY. */
export async function getThroughProxy(proxy: string, target: string): Promise<string> {
  const { hostname, port } = new URL(proxy)
  const request = http.get({
    hostname,
    port,
    path: target,
    headers: { host: new URL(target).host },
  })
  const [response]: http.IncomingMessage[] = await once(request, 'response')
  return response === undefined ? '' : text(response)
}
