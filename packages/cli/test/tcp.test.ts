import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, it, onTestFinished } from 'vitest'
import { portOf } from '../src/mesh/ports.ts'
import { listenTcp } from '../src/mesh/tcp.ts'
import type { TcpListener } from '../src/mesh/tcp.ts'

async function listenerTo(port: number | undefined): Promise<TcpListener> {
  const listener = await listenTcp(() =>
    port === undefined ? undefined : { host: '127.0.0.1', port },
  )
  onTestFinished(() => listener.abort())
  return listener
}

async function echoServer(): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return portOf(server)
}

it('a TCP listener carries bytes both ways until both sides have ended', async () => {
  const { port } = await listenerTo(await echoServer())
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.end('not HTTP \0 at all')
  expect(await text(socket)).toBe('not HTTP \0 at all')
})

it('a TCP listener resets a connection for which there is no endpoint', async () => {
  const { port } = await listenerTo(undefined)
  const socket = connect(port, '127.0.0.1')
  const [error]: unknown[] = await once(socket, 'error')
  expect(error).toMatchObject({ code: 'ECONNRESET' })
})

it('a TCP listener that is closed waits for its connections, an aborted one ends them', async () => {
  const listener = await listenerTo(await echoServer())
  const socket = connect(listener.port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write('a')
  await once(socket, 'data')
  const closed = listener.close()
  socket.write('b')
  expect(String((await once(socket, 'data'))[0])).toBe('b')
  listener.abort()
  await Promise.all([closed, once(socket, 'close')])
})
