import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { endpointAt, forwardTo } from './support/decisions.ts'
import { startBackend, startHop, startTcp } from './support/servers.ts'
import { ask, bodyOf, dial } from './support/wire.ts'

const CLOSING = 'GET / HTTP/1.1\r\nhost: b\r\nconnection: close\r\n\r\n'
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi'
const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'

/** What a client gets from an upstream that answers its first request with these bytes. */
async function relayed(speak: (socket: Socket) => void): Promise<string> {
  const { endpoint } = await startTcp((socket) => socket.once('data', () => speak(socket)))
  const { port } = await startHop(forwardTo([endpoint]))
  return ask(port, CLOSING)
}

async function byteByByte(socket: Socket, text: string): Promise<void> {
  socket.setNoDelay(true)
  for (const byte of Buffer.from(text, 'latin1')) {
    socket.write(Buffer.of(byte))
    await turn()
  }
}

/** Answers each request with `answer`, and counts the connections. */
async function counting(answer: string) {
  let connections = 0
  const backend = await startTcp((socket) => {
    connections += 1
    socket.on('data', () => socket.write(answer))
  })
  return { ...backend, count: () => connections }
}

async function askTwice(port: number, between?: () => Promise<unknown>): Promise<void> {
  const wire = await dial(port)
  for (let i = 0; i < 2; i++) {
    wire.send('GET / HTTP/1.1\r\nhost: b\r\n\r\n')
    await wire.until('hi')
    if (i === 0) await between?.()
  }
}

describe('an answer', () => {
  it.each([
    ['a length', OK, 'hi'],
    ['a length after informational ones', `HTTP/1.1 103 Early\r\nlink: a\r\n\r\n${OK}`, 'hi'],
    ['no reason phrase', 'HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nhi', 'hi'],
    ['blanks around its values', 'HTTP/1.1 200 OK\r\ncontent-length:\t 2 \r\n\r\nhi', 'hi'],
    ['a chunk', `${CHUNKED}2\r\nhi\r\n0\r\n\r\n`, '2\r\nhi\r\n0\r\n\r\n'],
    [
      'an extension of a chunk, and trailers',
      `${CHUNKED}00A;a="b c"\r\n0123456789\r\n0\r\nx-sum: 9\r\n\r\n`,
      'a\r\n0123456789\r\n0\r\nx-sum: 9\r\n\r\n',
    ],
  ])('with %s is read in one piece and byte by byte', async (_name, answer, body) => {
    expect(bodyOf(await relayed((socket) => socket.write(answer)))).toBe(body)
    const dribbled = bodyOf(await relayed((socket) => void byteByByte(socket, answer)))
    // The chunks need not be those of the answer.
    expect(plain(dribbled)).toBe(plain(body))
  })

  it.each([
    ['of HTTP/2', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['with a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['with 101 that nobody asked for', 'HTTP/1.1 101 X\r\nupgrade: x\r\n\r\n'],
    ['with a blank before a colon', 'HTTP/1.1 200 OK\r\ncontent-length : 2\r\n\r\nhi'],
    ['with a folded header', 'HTTP/1.1 200 OK\r\nx: 1\r\n 2\r\n\r\n'],
    ['with a line that is no header', 'HTTP/1.1 200 OK\r\nnothing\r\n\r\n'],
    ['with a bare line feed', 'HTTP/1.1 200 OK\r\nx: 1\ny: 2\r\n\r\n'],
    ['with a bare carriage return', 'HTTP/1.1 200 OK\r\nx: 1\ry: 2\r\n\r\n'],
    ['with a null byte', 'HTTP/1.1 200 OK\r\nx: \0\r\n\r\n'],
    ['with a signed length', 'HTTP/1.1 200 OK\r\ncontent-length: +2\r\n\r\nhi'],
    ['with a list of lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2, 2\r\n\r\nhi'],
    ['with the same length twice', `HTTP/1.1 200 OK\r\n${'content-length: 2\r\n'.repeat(2)}\r\nhi`],
    ['with a length past counting', `HTTP/1.1 200 OK\r\ncontent-length: ${'9'.repeat(20)}\r\n\r\n`],
    ['with another coding', 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n'],
    ['with chunks in HTTP/1.0', 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['with chunks twice', `HTTP/1.1 200 OK\r\n${'transfer-encoding: chunked\r\n'.repeat(2)}\r\n`],
  ])('%s is 502 UPE', async (_name, answer) => {
    expect(await relayed((socket) => socket.write(answer, 'latin1'))).toMatch(/^HTTP\/1.1 502 /)
  })

  it.each([
    ['a size that is none', '0x2\r\nhi\r\n'],
    ['a negative size', '-1\r\n'],
    ['a size with a blank', '2 \r\nhi\r\n'],
    ['a size past counting', `${'f'.repeat(16)}\r\n`],
    ['a size without its carriage return', '2\nhi\r\n'],
    ['more bytes than its size', '2\r\nhiho\r\n'],
    ['an endless size', '0'.repeat(5000)],
    ['a trailer that is none', '0\r\nx y\r\n\r\n'],
    ['endless trailers', `0\r\n${'x: 1\r\n'.repeat(11_000)}`],
  ])('whose chunk has %s is broken off', async (_name, chunks) => {
    const { endpoint } = await startTcp((socket) => {
      socket.once('data', () => socket.write(`${CHUNKED}3\r\nabc\r\n${chunks}`))
    })
    const { port, log } = await startHop(forwardTo([endpoint]))
    expect(await ask(port, CLOSING)).not.toContain('\r\n0\r\n\r\n')
    expect(await log.next()).toMatchObject({ status: 200, flags: ['UC'] })
  })
})

describe('a connection to an upstream', () => {
  it.each([
    ['takes the next request', OK, 1],
    [
      'takes none after "Connection: close"',
      OK.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'),
      2,
    ],
    [
      'takes none after "close" before "keep-alive"',
      OK.replace('\r\n\r\n', '\r\nConnection: x, close\r\nConnection: keep-alive\r\n\r\n'),
      2,
    ],
    ['takes none after HTTP/1.0', OK.replace('1.1', '1.0'), 2],
    [
      'takes one after HTTP/1.0 with keep-alive',
      OK.replace('1.1', '1.0').replace('\r\n\r\n', '\r\nconnection: Keep-Alive\r\n\r\n'),
      1,
    ],
    [
      'takes none where the upstream waits for a second only',
      OK.replace('\r\n\r\n', '\r\nKeep-Alive: timeout=1\r\n\r\n'),
      2,
    ],
    [
      'takes none with bytes after the answer, which answer nothing',
      `${OK}HTTP/1.1 200 Stray\r\n`,
      2,
    ],
  ])('%s', async (_name, answer, connections) => {
    const { endpoint, count } = await counting(answer)
    const { port } = await startHop(forwardTo([endpoint]))
    await askTwice(port)
    expect(count()).toBe(connections)
  })

  it('takes the next request after an answer whose end its client was too slow for', async () => {
    // What comes fits one read; with the route's header it is more than what may wait for the client.
    const body = 'x'.repeat(65_000)
    const { endpoint, count } = await counting(
      `HTTP/1.1 200 OK\r\ncontent-length: 65000\r\n\r\n${body}`,
    )
    const set: [string, string][] = [['x-pad', 'y'.repeat(1000)]]
    const responseHeaders = { set, add: [], remove: [] }
    const { url } = await startHop(forwardTo([endpoint], { responseHeaders }))
    for (let i = 0; i < 2; i++) expect(await (await fetch(url)).text()).toBe(body)
    expect(count()).toBe(1)
  })

  it('that speaks unasked answers nothing', async () => {
    const { endpoint, sockets, count } = await counting(OK)
    const { port } = await startHop(forwardTo([endpoint]))
    await askTwice(port, async () => {
      const [socket] = sockets
      if (socket === undefined) throw new Error('no connection')
      socket.write('HTTP/1.1 200 Stray\r\ncontent-length: 5\r\n\r\nstray')
      await once(socket, 'close')
    })
    expect(count()).toBe(2)
  })

  it('that was closed while the mesh was busy is not used: no request is lost', async () => {
    const { endpoint, sockets, count } = await counting(OK)
    const { port } = await startHop(forwardTo([endpoint]))
    await askTwice(port, async () => {
      await turn()
      for (const socket of sockets) socket.end()
      // The end has come when the next request does, but nobody has looked.
      const until = performance.now() + 150
      while (performance.now() < until);
    })
    expect(count()).toBe(2)
  })

  it('is made to a name, whichever family of addresses it has', async () => {
    const server = createServer((_request, response) => response.end('here'))
    server.listen(0, 'localhost')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const bound = server.address()
    const port = bound !== null && typeof bound === 'object' ? bound.port : 0
    const { url } = await startHop(forwardTo([{ ...endpointAt(port), address: 'localhost' }]))
    expect(await (await fetch(url)).text()).toBe('here')
  })
})

describe('a request', () => {
  it('for all of a server is sent as such', async () => {
    const { endpoint } = await startBackend((request, response) => response.end(request.url))
    const { port } = await startHop(forwardTo([endpoint]))
    const options = 'OPTIONS * HTTP/1.1\r\nhost: b\r\nconnection: close\r\n\r\n'
    expect(bodyOf(await ask(port, options))).toBe('*')
  })

  it.each(['/a b', '/a\r\nx: 1', '/é€'])('whose rewritten path is %j is not sent', async (path) => {
    const { endpoint } = await startBackend((_request, response) => response.end('never'))
    const rewrite = { path, authority: null }
    const { url } = await startHop(forwardTo([endpoint], { rewrite }))
    expect((await fetch(url)).status).toBe(500)
  })

  it('whose rewritten host would end its line is not sent', async () => {
    const { endpoint } = await startBackend((_request, response) => response.end('never'))
    const rewrite = { path: null, authority: 'b\r\nx: 1' }
    const { url } = await startHop(forwardTo([endpoint], { rewrite }))
    expect((await fetch(url)).status).toBe(500)
  })

  it('to switch protocols has no body', async () => {
    const { endpoint } = await startBackend((_request, response) => response.end('never'))
    const { port } = await startHop(forwardTo([endpoint]))
    const upgrade =
      'GET / HTTP/1.1\r\nhost: b\r\nconnection: upgrade\r\nupgrade: x\r\ncontent-length: 2\r\n\r\nhi'
    expect(await ask(port, upgrade)).toMatch(/^HTTP\/1.1 400 /)
  })
})

/** A body without its framing. */
function plain(body: string): string {
  return body.replaceAll(/(?:^|\r\n)[\da-f]+\r\n/g, '')
}
