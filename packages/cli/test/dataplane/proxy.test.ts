import { once } from 'node:events'
import type { Decision, Request } from '@traffic-lanes/routing'
import { describe, expect, it } from 'vitest'
import { decisionOf, forwardTo } from './support/decisions.ts'
import { deadEndpoint, openHop, startBackend, startTcp } from './support/servers.ts'
import { ask, bodyOf, dial } from './support/wire.ts'

const OUTSIDE = decisionOf({ kind: 'no-listener', detail: 'not in the mesh' })

/** A proxy whose mesh is what `routes` knows, by the destination's address and port. */
async function startProxy(routes: Record<string, Decision>) {
  const asked: Request[] = []
  const hop = await openHop((dataplane, onRequest) =>
    dataplane.listenProxy({
      decide: (request) => {
        asked.push(request)
        const { address, port } = request.destination
        return routes[`${address}:${port}`] ?? OUTSIDE
      },
      onRequest,
    }),
  )
  return { ...hop, asked }
}

describe('an HTTP proxy', () => {
  it('routes an absolute request line by its host and port', async () => {
    const { endpoint } = await startBackend((request, response) =>
      response.end(`${request.url} for ${request.headers.host}`),
    )
    const { port, asked, log } = await startProxy({ 'testbbb:32000': forwardTo([endpoint]) })
    const message = await ask(
      port,
      'GET http://testbbb:32000/a?b HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
    )
    expect(bodyOf(message)).toBe('/a?b for testbbb:32000')
    expect(asked).toMatchObject([
      { method: 'GET', url: '/a?b', destination: { address: 'testbbb', port: 32_000 } },
    ])
    expect(await log.next()).toMatchObject({ status: 200, path: '/a?b', host: 'testbbb:32000' })
  })

  it.each([
    ['http://testbbb', '/', 80],
    ['http://testbbb?q', '/?q', 80],
    ['HTTP://testbbb:81/', '/', 81],
  ])('takes %s for path %s on port %i', async (url, path, destinationPort) => {
    const { endpoint } = await startBackend((request, response) => response.end(request.url))
    const { port } = await startProxy({ [`testbbb:${destinationPort}`]: forwardTo([endpoint]) })
    const message = await ask(port, `GET ${url} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)
    expect(bodyOf(message)).toBe(path)
  })

  it('reaches what is not in the mesh as it is', async () => {
    const outside = await startBackend((request, response) =>
      response.end(`outside ${request.url}`),
    )
    const { port, log } = await startProxy({})
    const message = await ask(
      port,
      `GET http://127.0.0.1:${outside.port}/a HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
    )
    expect(bodyOf(message)).toBe('outside /a')
    expect(await log.next()).toMatchObject({ status: 200, cluster: 'PassthroughCluster' })
  })

  it('reaches a host that the mesh lets through, but knows no endpoint of', async () => {
    const outside = await startBackend((_request, response) => response.end('outside'))
    const through = decisionOf({
      kind: 'passthrough',
      cluster: 'PassthroughCluster',
      endpoints: [],
    })
    const { port } = await startProxy({ [`127.0.0.1:${outside.port}`]: through })
    const url = `http://127.0.0.1:${outside.port}/`
    const message = await ask(port, `GET ${url} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)
    expect(bodyOf(message)).toBe('outside')
  })

  it.each(['/a', '*', 'http://:80/', 'http://a:99999/'])(
    'refuses the request line %s',
    async (url) => {
      const { port } = await startProxy({})
      const message = await ask(
        port,
        `OPTIONS ${url} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
      )
      expect(message).toMatch(/^HTTP\/1.1 400 /)
      expect(bodyOf(message)).toContain('HTTP proxy')
    },
  )
})

describe('CONNECT', () => {
  it('into the mesh routes each request inside by itself', async () => {
    const [one, two] = [
      await startBackend((_request, response) => response.end('one')),
      await startBackend((request, response) => response.end(`two ${request.url}`)),
    ]
    const routes = { 'testbbb:32000': forwardTo([one.endpoint]) }
    const { port, asked } = await startProxy(routes)
    const wire = await dial(port)
    // The first request comes in the same packet as the CONNECT.
    wire.send(
      'CONNECT testbbb:32000 HTTP/1.1\r\nhost: testbbb:32000\r\n\r\nGET /a HTTP/1.1\r\nhost: testbbb\r\n\r\n',
    )
    expect(await wire.until('\r\n\r\n')).toBe('HTTP/1.1 200 Connection Established\r\n\r\n')
    await wire.until('one')
    routes['testbbb:32000'] = forwardTo([two.endpoint])
    wire.send('GET /b HTTP/1.1\r\nhost: testbbb\r\n\r\n')
    await wire.until('two /b')
    const destination = { address: 'testbbb', port: 32_000 }
    expect(asked.at(-1)).toMatchObject({ method: 'GET', url: '/b', destination })
  })

  it('where routing fails tells so to the request inside', async () => {
    const { port } = await openHop((dataplane, onRequest) =>
      dataplane.listenProxy({
        decide: () => {
          throw new Error('cannot be compiled')
        },
        onRequest,
      }),
    )
    const wire = await dial(port)
    wire.send('CONNECT testbbb:80 HTTP/1.1\r\nhost: x\r\n\r\nGET / HTTP/1.1\r\nhost: b\r\n\r\n')
    await wire.until('HTTP/1.1 500 ')
    expect(await wire.until('compiled')).toContain('The request could not be routed')
  })

  it('out of the mesh is a tunnel', async () => {
    const { port: outside } = await startTcp((socket) => {
      socket.write('hello ')
      socket.on('data', (chunk: Buffer) => socket.write(`echo ${chunk.toString()}`))
    })
    const { port, log } = await startProxy({})
    const wire = await dial(port)
    wire.send(`CONNECT 127.0.0.1:${outside} HTTP/1.1\r\nhost: x\r\n\r\n\x16\x03`)
    expect(await wire.until('\r\n\r\n')).toBe('HTTP/1.1 200 Connection Established\r\n\r\n')
    await wire.until('hello ')
    await wire.until('echo \x16\x03')
    wire.socket.destroy()
    expect(await log.next()).toMatchObject({
      method: 'CONNECT',
      path: `127.0.0.1:${outside}`,
      status: 200,
      received: 2,
      sent: 13,
      decision: null,
    })
  })

  it('to where nobody listens is 503 UF', async () => {
    const { port: dead } = deadEndpoint()
    const { port, log } = await startProxy({})
    const message = await ask(port, `CONNECT 127.0.0.1:${dead} HTTP/1.1\r\nhost: x\r\n\r\n`)
    expect(message).toMatch(/^HTTP\/1.1 503 /)
    expect(bodyOf(message)).toContain('Connection refused')
    expect(await log.next()).toMatchObject({ method: 'CONNECT', status: 503, flags: ['UF'] })
  })

  it.each(['testbbb', 'testbbb:0', 'a:b:c'])('to "%s" is refused', async (authority) => {
    const { port } = await startProxy({})
    const message = await ask(port, `CONNECT ${authority} HTTP/1.1\r\nhost: x\r\n\r\n`)
    expect(message).toMatch(/^HTTP\/1.1 400 /)
  })

  it('that the client leaves before it is connected ends quietly', async () => {
    const { port } = await startProxy({})
    const wire = await dial(port)
    wire.send('CONNECT 127.0.0.1:1 HTTP/1.1\r\nhost: x\r\n\r\n')
    wire.socket.resetAndDestroy()
    await once(wire.socket, 'close')
    const again = await ask(port, 'OPTIONS / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
    expect(again).toMatch(/^HTTP\/1.1 400 /)
  })

  it('takes an upgrade inside the mesh', async () => {
    const backend = await startBackend(() => {})
    backend.server.on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n')
      socket.pipe(socket)
    })
    const { port } = await startProxy({ 'testbbb:80': forwardTo([backend.endpoint]) })
    const wire = await dial(port)
    wire.send('CONNECT testbbb:80 HTTP/1.1\r\nhost: x\r\n\r\n')
    await wire.until('\r\n\r\n')
    wire.send('GET / HTTP/1.1\r\nhost: b\r\nconnection: upgrade\r\nupgrade: x\r\n\r\nping')
    expect(await wire.until('\r\n\r\n')).toMatch(/^HTTP\/1.1 101 /)
    await wire.until('ping')
  })
})
