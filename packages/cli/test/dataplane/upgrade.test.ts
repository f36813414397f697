import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { CLUSTER, decisionOf, forwardTo } from './support/decisions.ts'
import { flood, readSlowly } from './support/flood.ts'
import { deadEndpoint, startBackend, startHop } from './support/servers.ts'
import { dial, headerLines } from './support/wire.ts'

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const ACCEPT = createHash('sha1')
  .update(`${KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
  .digest('base64')

const HANDSHAKE = `GET /chat?room=1 HTTP/1.1\r\nhost: testbbb\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\nproject-version: release-v1\r\n\r\n`

/** A backend that takes an upgrade, writes `greeting` with its head, and sends back what it gets. */
async function echoing(greeting = '') {
  const backend = await startBackend((_request, response) => response.end('plain'))
  const seen: { url?: string | undefined; lane?: string | string[] | undefined; socket?: Duplex } =
    {}
  backend.server.on('upgrade', (request, socket: Duplex, head: Buffer) => {
    Object.assign(seen, { url: request.url, lane: request.headers['project-version'], socket })
    socket.on('error', () => {})
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${ACCEPT}\r\nDate: today\r\n\r\n${greeting}`,
    )
    if (head.length > 0) socket.write(head)
    socket.pipe(socket)
  })
  return { ...backend, seen }
}

describe('an upgrade', () => {
  it('is tunnelled both ways, from the first bytes on', async () => {
    const { endpoint, seen } = await echoing('welcome ')
    const { port, log } = await startHop(forwardTo([endpoint]))
    const wire = await dial(port)
    wire.send(`${HANDSHAKE}first`)
    expect(await wire.until('\r\n\r\n')).toBe(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${ACCEPT}\r\nDate: today\r\n\r\n`,
    )
    await wire.until('welcome first')
    wire.send('second')
    await wire.until('second')
    expect(seen).toMatchObject({ url: '/chat?room=1', lane: 'release-v1' })
    wire.socket.end('last')
    expect(await wire.rest()).toBe('last')
    expect(await log.next()).toMatchObject({ status: 101, flags: [], endpoint, tries: 1 })
  })

  it('ends for the client when the upstream ends it, with all that was sent before', async () => {
    const { endpoint, seen } = await echoing()
    const { port } = await startHop(forwardTo([endpoint]))
    const wire = await dial(port)
    wire.send(HANDSHAKE)
    await wire.until('\r\n\r\n')
    const size = 16 * 1024 * 1024
    let writer = { written: 0 }
    // A few bytes before, so that the last read is a short one, for which nothing waits.
    seen.socket?.write('x'.repeat(1000))
    if (seen.socket) writer = flood(seen.socket, size)
    const { read } = await readSlowly(wire.socket, () => writer)
    expect(read).toBe(size + 1000)
  })

  it('ends for the upstream when the client breaks it off', async () => {
    const { endpoint, seen } = await echoing()
    const { port } = await startHop(forwardTo([endpoint]))
    const wire = await dial(port)
    wire.send(HANDSHAKE)
    await wire.until('\r\n\r\n')
    const broken = seen.socket ? once(seen.socket, 'error') : undefined
    wire.socket.resetAndDestroy()
    expect(await broken).toMatchObject([{ code: 'ECONNRESET' }])
  })

  it('that the upstream refuses gets its answer', async () => {
    const { endpoint } = await startBackend((request, response) => {
      response
        .writeHead(426, { 'x-why': 'no', upgrade: 'h3' })
        .end(`not ${request.headers.upgrade}`)
    })
    const { port, log } = await startHop(forwardTo([endpoint]))
    const wire = await dial(port)
    wire.send(HANDSHAKE)
    const message = await wire.rest()
    expect(message).toMatch(/^HTTP\/1.1 426 Upgrade Required\r\n/)
    expect(headerLines(message)).toContain('x-why: no')
    expect(message).toContain('not websocket')
    expect(await log.next()).toMatchObject({ status: 426, flags: [] })
  })

  it('that fails is answered like every other request', async () => {
    const { port } = await startHop(forwardTo([deadEndpoint()]))
    const wire = await dial(port)
    wire.send(HANDSHAKE)
    expect(await wire.rest()).toMatch(/^HTTP\/1.1 503 Service Unavailable\r\n/)
  })

  it('that no route takes is answered by the proxy', async () => {
    const { port } = await startHop(
      decisionOf({
        kind: 'respond',
        status: 503,
        body: '',
        flags: ['NC'],
        detail: 'cluster_not_found',
        cluster: CLUSTER,
        subset: null,
      }),
    )
    const wire = await dial(port)
    wire.send(HANDSHAKE)
    const message = await wire.rest()
    expect(headerLines(message)).toContain(`x-lanes-decision: 503 NC cluster_not_found ${CLUSTER}`)
  })

  it('is tried again elsewhere, as its route says', async () => {
    const { endpoint } = await echoing()
    const retries = { attempts: 2, perTryTimeout: null, on: ['connect-failure'], statuses: [] }
    const { port } = await startHop(forwardTo([deadEndpoint(), endpoint], { retries }))
    const wire = await dial(port)
    wire.send(HANDSHAKE)
    expect(await wire.until('\r\n\r\n')).toMatch(/^HTTP\/1.1 101 /)
  })

  it('behind a pipelined request on the same connection closes it, and nothing else', async () => {
    const { endpoint } = await startBackend(() => {})
    const { port } = await startHop(forwardTo([endpoint]))
    const wire = await dial(port)
    wire.send(`GET / HTTP/1.1\r\nhost: b\r\n\r\n${HANDSHAKE}`)
    expect(await wire.rest()).toBe('')
  })

  it('to HTTP/2, which is only an offer, is ignored: the request is served, its body too', async () => {
    const { endpoint } = await startBackend((request, response) => {
      let body = ''
      request.setEncoding('utf8').on('data', (text: string) => (body += text))
      request.on('end', () => {
        const { upgrade, connection, 'http2-settings': settings } = request.headers
        response.end(JSON.stringify({ body, upgrade, connection, settings }))
      })
    })
    const { port } = await startHop(forwardTo([endpoint]))
    const wire = await dial(port)
    const offer =
      'connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n'
    wire.send(`POST / HTTP/1.1\r\nhost: b\r\n${offer}content-length: 8\r\n\r\nho`)
    wire.send('wdy-do')
    expect(await wire.until('}')).toContain('{"body":"howdy-do","connection":"keep-alive"}')
  })

  it('that is offered as HTTP/2 leaves the connection usable', async () => {
    const { endpoint } = await startBackend((request, response) =>
      response.end(`got ${request.url}`),
    )
    const { port } = await startHop(forwardTo([endpoint]))
    const wire = await dial(port)
    wire.send('GET /1 HTTP/1.1\r\nhost: b\r\nconnection: Upgrade\r\nupgrade: h2c\r\n\r\n')
    await wire.until('got /1')
    wire.send('GET /2 HTTP/1.1\r\nhost: b\r\n\r\n')
    expect(await wire.until('got /2')).toMatch(/^HTTP\/1.1 200 /)
  })
})
