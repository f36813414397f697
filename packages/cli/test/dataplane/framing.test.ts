import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { forwardTo } from './support/decisions.ts'
import { flood, readSlowly, stall } from './support/flood.ts'
import type { Flood } from './support/flood.ts'
import { startBackend, startHop, startTcp } from './support/servers.ts'
import { ask, bodyOf, dial, headerLines } from './support/wire.ts'

const MIB = 1024 * 1024

async function framingSeen(request: string): Promise<string> {
  const { endpoint } = await startBackend((incoming, response) => {
    const { 'content-length': length, 'transfer-encoding': encoding } = incoming.headers
    let body = ''
    incoming.setEncoding('latin1').on('data', (text: string) => (body += text))
    incoming.on('end', () =>
      response.end(`${length} ${encoding} ${body} ${JSON.stringify(incoming.trailers)}`),
    )
  })
  const { port } = await startHop(forwardTo([endpoint]))
  return bodyOf(await ask(port, request))
}

describe('a response', () => {
  it.each([
    ['HEAD', 200, 'content-length: 5'],
    ['GET', 304, 'content-length: 5'],
    ['GET', 204, 'x-none: 1'],
  ])('to %s with status %i keeps "%s" and has no body', async (method, status, header) => {
    const { endpoint } = await startTcp((socket) => {
      socket.on('data', () => socket.write(`HTTP/1.1 ${status} X\r\n${header}\r\n\r\n`))
    })
    const { port } = await startHop(forwardTo([endpoint]))
    const wire = await dial(port)
    // The second answer comes at once after the first head: there was no body, nor a chunk, between.
    for (let i = 0; i < 2; i++) {
      wire.send(`${method} / HTTP/1.1\r\nhost: b\r\n\r\n`)
      const head = await wire.until('\r\n\r\n')
      expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
      expect(headerLines(head)).toContain(header)
      expect(head.toLowerCase()).not.toContain('transfer-encoding')
    }
  })

  it('of unknown length stays chunked, and its trailers follow', async () => {
    const { endpoint } = await startTcp((socket) => {
      socket.once('data', () =>
        socket.write(
          'HTTP/1.1 200 OK\r\ntrailer: x-sum\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nx-sum: 9\r\nX-Sum: 10\r\n\r\n',
        ),
      )
    })
    const { port } = await startHop(forwardTo([endpoint]))
    const wire = await dial(port)
    wire.send('GET / HTTP/1.1\r\nhost: b\r\n\r\n')
    expect(headerLines(await wire.until('\r\n\r\n'))).toContain('Transfer-Encoding: chunked')
    expect(await wire.until('0\r\nx-sum: 9\r\nX-Sum: 10\r\n\r\n')).toMatch(
      /^(?:3\r\nabc\r\n2\r\nde|5\r\nabcde)\r\n0/,
    )
  })

  it('to HTTP/1.0 ends with the connection, without its trailers', async () => {
    const { endpoint } = await startTcp((socket) => {
      socket.once('data', () =>
        socket.write(
          'HTTP/1.1 200 OK\r\ntrailer: x-sum\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nx-sum: 9\r\n\r\n',
        ),
      )
    })
    const { port } = await startHop(forwardTo([endpoint]))
    const message = await ask(port, 'GET / HTTP/1.0\r\nhost: b\r\n\r\n')
    expect(bodyOf(message)).toBe('abc')
    expect(message).not.toContain('railer')
  })

  it('that ends with the upstream’s connection arrives whole', async () => {
    const { endpoint } = await startTcp((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\nabc'))
    })
    const { url } = await startHop(forwardTo([endpoint]))
    expect(await (await fetch(url)).text()).toBe('abc')
  })

  it('sends its head before its body comes', async () => {
    const { endpoint } = await startBackend((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.flushHeaders()
    })
    const { port } = await startHop(forwardTo([endpoint]))
    const wire = await dial(port)
    wire.send('GET / HTTP/1.1\r\nhost: b\r\n\r\n')
    expect(await wire.until('\r\n\r\n')).toContain('text/event-stream')
  })

  it('hides informational ones before it', async () => {
    const { endpoint } = await startBackend((_request, response) => {
      response.writeEarlyHints({ link: '</a.css>; rel=preload' })
      response.writeProcessing()
      response.end('hi')
    })
    const { port } = await startHop(forwardTo([endpoint]))
    const message = await ask(port, 'GET / HTTP/1.1\r\nhost: b\r\nconnection: close\r\n\r\n')
    expect(message).toMatch(/^HTTP\/1.1 200 OK\r\n/)
  })
})

describe('a request', () => {
  it.each([
    ['POST', 'content-length: 3\r\n\r\nabc', '3 undefined abc {}'],
    ['DELETE', 'content-length: 3\r\n\r\nabc', '3 undefined abc {}'],
    ['GET', 'content-length: 3\r\n\r\nabc', '3 undefined abc {}'],
    ['POST', 'content-length: 0\r\n\r\n', '0 undefined  {}'],
    ['GET', '\r\n', 'undefined undefined  {}'],
    ['POST', 'transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n', 'undefined chunked abc {}'],
    // Trailers are dropped, as RFC 9110 section 6.5.1 allows.
    [
      'PUT',
      'transfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\nx-t: 1\r\n\r\n',
      'undefined chunked a {}',
    ],
  ])('%s with %j is framed for the upstream as "%s"', async (method, rest, expected) => {
    const head = `${method} / HTTP/1.1\r\nhost: b\r\nconnection: close\r\n`
    expect(await framingSeen(`${head}${rest}`)).toBe(expected)
  })

  it('that expects 100-continue gets it here, and the upstream never hears of it', async () => {
    const { endpoint } = await startBackend((incoming, response) => {
      incoming.resume().on('end', () => response.end(`expect ${incoming.headers.expect}`))
    })
    const { port } = await startHop(forwardTo([endpoint]))
    const wire = await dial(port)
    wire.send(
      'POST / HTTP/1.1\r\nhost: b\r\nexpect: 100-continue\r\ncontent-length: 2\r\nconnection: close\r\n\r\n',
    )
    expect(await wire.until('\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    wire.send('hi')
    expect(bodyOf(await wire.rest())).toBe('expect undefined')
  })

  it('whose answer comes early has the rest of its body thrown away, and the connection goes on', async () => {
    const { endpoint } = await startBackend((incoming, response) => {
      if (incoming.method === 'POST') response.writeHead(413).end('too much')
      else response.end('next')
    })
    const { port } = await startHop(forwardTo([endpoint]))
    const wire = await dial(port)
    wire.send(`POST / HTTP/1.1\r\nhost: b\r\ncontent-length: ${MIB}\r\n\r\nstart`)
    expect(await wire.until('too much')).toMatch(/^HTTP\/1.1 413 /)
    wire.send('x'.repeat(MIB - 5))
    wire.send('GET / HTTP/1.1\r\nhost: b\r\n\r\n')
    await wire.until('next')
  })

  it('that nobody reads is thrown away once it is answered, however full the way is', async () => {
    const held: ServerResponse[] = []
    const { endpoint } = await startBackend((_request, response) => held.push(response))
    const { port } = await startHop(forwardTo([endpoint]))
    const size = 64 * MIB
    const wire = await dial(port)
    wire.send(`POST / HTTP/1.1\r\nhost: b\r\ncontent-length: ${size}\r\n\r\n`)
    const writer = flood(wire.socket, size)
    await stall(writer)
    expect(writer.written).toBeLessThan(size)
    held[0]?.writeHead(413).end()
    expect(await wire.until('\r\n\r\n')).toMatch(/^HTTP\/1.1 413 /)
    await once(wire.socket, 'finish')
    expect(writer.written).toBe(size)
  })
})

describe('back-pressure', () => {
  it('brings 10 MiB through both ways, unchanged', async () => {
    const { endpoint } = await startBackend((request, response) => {
      response.setHeader('content-length', request.headers['content-length'] ?? '')
      request.pipe(response)
    })
    const { url } = await startHop(forwardTo([endpoint]))
    const sent = Buffer.alloc(10 * MIB)
    for (let i = 0; i < sent.length; i += 4) sent.writeUInt32LE(i, i)
    const response = await fetch(url, { method: 'POST', body: sent })
    expect(Buffer.from(await response.arrayBuffer()).equals(sent)).toBe(true)
  })

  // What the kernel buffers on two loopback connections, and a margin.
  const BUFFERED = 32 * MIB

  it('holds an upstream back to the pace of its client', async () => {
    const size = 64 * MIB
    let writer: Flood = { written: 0 }
    const { endpoint } = await startBackend((_request, response) => {
      response.writeHead(200, { 'content-length': size })
      writer = flood(response, size)
    })
    const { port } = await startHop(forwardTo([endpoint]))
    const request = httpRequest({ port, host: '127.0.0.1' }).end()
    const response = await responseTo(request)
    const { read, ahead } = await readSlowly(response, () => writer)
    expect(read).toBe(size)
    expect(ahead).toBeLessThan(BUFFERED)
  })

  it('holds a client back to the pace of its upstream', async () => {
    const size = 64 * MIB
    let writer: Flood = { written: 0 }
    const { endpoint } = await startBackend((request, response) => {
      void readSlowly(request, () => writer).then(({ read, ahead }) =>
        response.end(`${read} ${ahead}`),
      )
    })
    const { port } = await startHop(forwardTo([endpoint]))
    const headers = { 'content-length': size }
    const request = httpRequest({ port, host: '127.0.0.1', method: 'POST', headers })
    writer = flood(request, size)
    const response = await responseTo(request)
    let text = ''
    for await (const part of response.setEncoding('utf8')) text += part
    const [read, ahead] = text.split(' ').map(Number)
    expect(read).toBe(size)
    expect(ahead).toBeLessThan(BUFFERED)
  })
})

function responseTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('response', resolve)
    request.on('error', reject)
  })
}
