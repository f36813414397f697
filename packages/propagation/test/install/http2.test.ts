import { once } from 'node:events'
import { connect, createSecureServer, createServer, sensitiveHeaders } from 'node:http2'
import type { ClientHttp2Session, Http2Server, ServerHttp2Stream } from 'node:http2'
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2'
import axios from 'axios'
import { got } from 'got-14'
import { Agent, fetch as undiciFetch, request as undiciRequest } from 'undici'
import { describe, expect, it, onTestFinished } from 'vitest'
import { laneGot } from '../../src/got.ts'
import { laneHttp2 } from '../../src/http2.ts'
import { createPropagator, currentLane, run } from '../../src/index.ts'
import { install } from '../../src/install.ts'
import { runsHere } from '../clients/client.ts'
import { callAtOnce } from '../support/call-at-once.ts'
import { cert, key } from '../support/certificate.ts'
import { portOf } from '../support/server.ts'
import { installHere } from '../support/wire.ts'

interface Received {
  readonly path: string
  /** The header as it came, and the lane in which its body ended. */
  readonly lane: unknown
  readonly entered: string
  readonly headers: IncomingHttpHeaders
}

async function serve(server: Http2Server): Promise<{ port: number; received: Received[] }> {
  const received: Received[] = []
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.resume().on('end', () => {
      const path = String(headers[':path'])
      const lane = headers['project-version'] ?? 'none'
      received.push({ path, lane, entered: currentLane() ?? 'none', headers })
      stream.respond({ ':status': 200 })
      stream.end('ok')
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  return { port: portOf(server), received }
}

function open(url: string): ClientHttp2Session {
  const session = connect(url)
  onTestFinished(() => session.close())
  return session
}

async function send(session: ClientHttp2Session, headers?: OutgoingHttpHeaders): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = session.request(headers)
    stream.on('error', reject).on('close', resolve).resume().end()
  })
}

/** Calls at once, each in its own lane or in none, and answers those that arrived in another. */
async function mixUp(
  received: readonly Received[],
  call: (path: string) => Promise<unknown>,
): Promise<unknown[]> {
  const calls = await callAtOnce((name) => call(`/${name}`))
  expect(received).toHaveLength(calls)
  const seen = received.map(({ path, lane, entered }) => [path.slice(1), lane, entered])
  return seen.filter(([name, ...lanes]) => lanes.some((lane) => lane !== name))
}

describe('install, with node:http2', () => {
  it('H20, H1 sends each request of a session in the lane of its scope, and serves it there', async () => {
    installHere()
    const { port, received } = await serve(createServer())
    const session = open(`http://127.0.0.1:${port}`)
    expect(await mixUp(received, async (path) => send(session, { ':path': path }))).toEqual([])
  })

  it('H2, H4, H5, H16 judges the destination, whoever set the header, and changes no object', async () => {
    const { counters } = installHere()
    const { port, received } = await serve(createServer())
    const session = open(`http://127.0.0.1:${port}`)
    const headers = Object.freeze({ 'x-own': '1', [sensitiveHeaders]: ['x-own'] })
    const away = { ...headers, ':authority': 'api.example.com' }
    await run('a', async () => send(session, headers))
    await run('a', async () => send(session, { 'Project-Version': 'mine' }))
    await run('a', async () => send(session, away))
    await run('a', async () => send(session, { ...away, 'Project-Version': 'mine' }))
    await send(session, { ...away, 'project-version': 'a' })
    await send(session)
    const lanes = received.map(({ lane }) => lane)
    expect(lanes).toEqual(['a', 'mine', 'none', 'none', 'none', 'none'])
    const own = received.map((one) => one.headers['x-own'])
    expect(own).toEqual(['1', undefined, '1', '1', '1', undefined])
    expect(Reflect.get(Object(received[4]?.headers), sensitiveHeaders)).toEqual(['x-own'])
    expect(counters()).toMatchObject({ injected: 1, kept: 1, withheld: 1, stripped: 2 })
  })

  // Older versions take records only.
  it.each(runsHere('24.0') ? ['a row'] : [])(
    'H2, H4, H5, H6 takes headers that are given as %s',
    async () => {
      installHere()
      const { port, received } = await serve(createServer())
      const session = open(`http://127.0.0.1:${port}`)
      const authority = [':authority', 'api.example.com']
      const rows = [
        [':path', '/', 'x-own', 'project-version'],
        [':path', '/', 'Project-Version', 'mine', 'x-own', '1'],
        [':path', '/', ...authority, 'x-own', '1'],
        [':path', '/', ...authority, 'Project-Version', 'mine', 'x-own', '1'],
      ]
      const given = structuredClone(rows)
      for (const row of rows) await run('a', async () => send(session, Object(row)))
      expect(received.map(({ lane }) => lane)).toEqual(['a', 'mine', 'none', 'none'])
      const own = received.map(({ headers }) => headers['x-own'])
      expect(own).toEqual(['project-version', '1', '1', '1'])
      expect(rows).toEqual(given)
    },
  )

  it('H18 puts one header on beside laneHttp2, and is gone when it is undone', async () => {
    const propagator = createPropagator()
    const undo = install({ propagator })
    const { port, received } = await serve(createServer())
    const url = `http://127.0.0.1:${port}`
    const session = open(url)
    laneHttp2(session, url, { propagator })
    await run('a', async () => send(session))
    undo()
    await run('b', async () => send(open(url)))
    expect(received.map(({ lane }) => lane)).toEqual(['a', 'none'])
    expect(propagator.counters()).toMatchObject({ injected: 1, kept: 0 })
  })

  it('H1 leaves alone what gRPC sends, whose scope may be that of another call', async () => {
    installHere()
    const { port, received } = await serve(createServer())
    const session = open(`http://127.0.0.1:${port}`)
    await run('a', async () => send(session, { 'content-type': 'application/grpc+proto' }))
    expect(received.map(({ lane }) => lane)).toEqual(['none'])
  })

  it('H7 leaves what Node refuses to it', () => {
    installHere()
    const session = open('http://127.0.0.1:1')
    session.on('error', () => undefined)
    const refused = { 'x-own': '1', connection: 'close' }
    expect(() => run('a', () => session.request(refused))).toThrow('HTTP/1')
  })
})

describe('install, with clients that speak HTTP/2 on one connection', () => {
  it.each<[string, () => (url: string) => Promise<unknown>]>([
    [
      'undici',
      () => {
        const dispatcher = connectAll()
        return async (url) => (await undiciRequest(url, { dispatcher })).body.text()
      },
    ],
    [
      'undici, fetch',
      () => {
        const dispatcher = connectAll()
        return async (url) => (await undiciFetch(url, { dispatcher })).text()
      },
    ],
    [
      'axios',
      () => {
        const http2Options = { rejectUnauthorized: false }
        return async (url) => axios.get(url, { httpVersion: 2, http2Options })
      },
    ],
    [
      'got, with laneGot',
      () => {
        const client = got.extend(laneGot(), { http2: true, https: { rejectUnauthorized: false } })
        return async (url) => client(url).text()
      },
    ],
  ])('H1 mixes up none of 20 calls: %s', async (_, create) => {
    installHere()
    const { port, received } = await serve(createSecureServer({ cert, key }))
    const call = create()
    expect(await mixUp(received, async (path) => call(`https://localhost:${port}${path}`))).toEqual(
      [],
    )
  })

  it('H1 sends none rather than the lane of another: got alone', async () => {
    installHere()
    const { port, received } = await serve(createSecureServer({ cert, key }))
    const client = got.extend({ http2: true, https: { rejectUnauthorized: false } })
    const urls = ['a', 'b', 'c'].map((lane) => `https://localhost:${port}/${lane}`)
    await Promise.all(urls.map(async (url) => run(url.slice(-1), async () => client(url).text())))
    await run('d', async () => client(`https://localhost:${port}/d`).text())
    expect(received.map(({ lane }) => lane)).toEqual(['none', 'none', 'none', 'none'])
  })
})

function connectAll(): Agent {
  const agent = new Agent({
    connections: 1,
    allowH2: true,
    connect: { rejectUnauthorized: false },
  })
  onTestFinished(async () => agent.destroy())
  return agent
}
