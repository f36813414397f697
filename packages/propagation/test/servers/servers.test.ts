import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { connect, createServer as createHttp2 } from 'node:http2'
import { connect as connectTo } from 'node:net'
import type expressType from 'express'
import type KoaType from 'koa'
import { describe, expect, it, onTestFinished } from 'vitest'
import { laneConnect } from '../../src/connect.ts'
import { laneFastify } from '../../src/fastify.ts'
import { laneHttp2 } from '../../src/http2.ts'
import { counters, createPropagator, currentLane, run } from '../../src/index.ts'
import type { InboundRequest, PropagatorOption } from '../../src/index.ts'
import { install } from '../../src/install.ts'
import { laneMiddleware } from '../../src/koa.ts'
import { laneServer } from '../../src/server.ts'
import { portOf } from '../support/server.ts'
import { installHere } from '../support/wire.ts'

/** The lane when a handler begins, in the events of the body, and after it was read. */
type Seen = Record<'handler' | 'event' | 'after', string>

/** Tells of each handler that has begun, and in which lane its response was closed. */
const progress = new EventEmitter()

async function look(request: IncomingMessage, response: ServerResponse): Promise<Seen> {
  response.on('close', () => progress.emit('closed', nameLane()))
  progress.emit('begun')
  const handler = nameLane()
  const events: string[] = []
  await new Promise((resolve) => {
    request.on('data', () => events.push(nameLane()))
    request.on('end', resolve)
  })
  return { handler, event: [...new Set(events)].join(), after: nameLane() }
}

function nameLane(): string {
  return currentLane() ?? 'none'
}

/** Each makes a server that carries lanes `times` times over, and answers a POST with what it saw. */
const frameworks: Readonly<Record<string, (times: number) => Promise<Server>>> = {
  'node:http': async (times) => {
    const server = createServer((request, response) => {
      void look(request, response).then((seen) => response.end(JSON.stringify(seen)))
    })
    for (let time = 0; time < times; time += 1) laneServer(server)
    return server
  },
  'koa-2': async (times) => serveKoa((await import('koa-2')).default, times),
  koa: async (times) => serveKoa((await import('koa')).default, times),
  connect: async (times) => {
    const { default: createApp } = await import('connect')
    const app = createApp()
    for (let time = 0; time < times; time += 1) app.use(laneConnect())
    app.use((request, response) => {
      void look(request, response).then((seen) => response.end(JSON.stringify(seen)))
    })
    return createServer(app)
  },
  'express-4': async (times) => serveExpress((await import('express-4')).default, times),
  express: async (times) => serveExpress((await import('express')).default, times),
  'fastify-4': async (times) => {
    const { default: fastify } = await import('fastify-4')
    const app = fastify()
    for (let time = 0; time < times; time += 1) void app.register(laneFastify())
    app.addContentTypeParser('text/x-raw', (_, payload, done) => done(null, payload))
    app.post('/', async ({ raw }, reply) => look(raw, reply.raw))
    await app.ready()
    return app.server
  },
  fastify: async (times) => {
    const { default: fastify } = await import('fastify')
    const app = fastify()
    for (let time = 0; time < times; time += 1) void app.register(laneFastify())
    app.addContentTypeParser('text/x-raw', (_, payload, done) => done(null, payload))
    app.post('/', async ({ raw }, reply) => look(raw, reply.raw))
    await app.ready()
    return app.server
  },
}

function serveKoa(Koa: typeof KoaType, times: number): Server {
  const app = new Koa()
  for (let time = 0; time < times; time += 1) app.use(laneMiddleware())
  app.use(async (ctx) => {
    ctx.body = await look(ctx.req, ctx.res)
  })
  return createServer(app.callback())
}

function serveExpress(express: typeof expressType, times: number): Server {
  const app = express()
  for (let time = 0; time < times; time += 1) app.use(laneConnect())
  app.post('/', (request, response) => {
    void look(request, response).then((seen) => response.json(seen))
  })
  return createServer(app)
}

async function open(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${portOf(server)}/`
}

async function post(url: string, lane: string | undefined): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    body: 'x'.repeat(200_000),
    headers: { 'content-type': 'text/x-raw', ...(lane && { 'project-version': lane }) },
  })
  return response.json()
}

describe.each(Object.entries(frameworks))('%s', (_, create) => {
  it.each([1, 2])('H9 keeps the lane for handler and body events, used %i times', async (times) => {
    const url = await open(await create(times))
    const lanes = ['lane-a', undefined, 'two words', 'lane-b', undefined]
    const seen = await Promise.all(lanes.map(async (lane) => post(url, lane)))
    const expected = ['lane-a', 'none', 'none', 'lane-b', 'none']
    expect(seen).toEqual(expected.map((lane) => ({ handler: lane, event: lane, after: lane })))
  })

  it('H9 keeps the lane for the end of a response whose client is gone', async () => {
    const { hostname, port } = new URL(await open(await create(1)))
    const begun = once(progress, 'begun')
    const closed = once(progress, 'closed')
    const head = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-type: text/x-raw\r\ncontent-length: 9\r\n'
    const socket = connectTo(Number(port), hostname)
    socket.write(`${head}project-version: lane-a\r\n\r\n`)
    await begun
    socket.destroy()
    expect(await closed).toEqual(['lane-a'])
  })

  it('is needed for it', async () => {
    const url = await open(await create(0))
    expect(await post(url, 'lane-a')).toMatchObject({ handler: 'none', after: 'none' })
  })

  it('H18 enters a lane once beside `install`', async () => {
    const propagator = installHere()
    const url = await open(await create(1))
    expect(await post(url, 'lane-a')).toEqual({
      handler: 'lane-a',
      event: 'lane-a',
      after: 'lane-a',
    })
    expect(propagator.counters().dropped).toMatchObject({ conflict: 0 })
  })

  it('H18 counts a value that is not taken once beside `install`', async () => {
    onTestFinished(install())
    const url = await open(await create(2))
    const before = counters().dropped.pattern
    for (const lane of ['two words', 'lane-a', 'three more words']) await post(url, lane)
    expect(counters().dropped.pattern - before).toBe(2)
  })
})

async function startHttp2(options?: PropagatorOption): Promise<{ url: string; lanes: unknown[] }> {
  const lanes: unknown[] = []
  const server = createHttp2()
  laneServer(server, options)
  server.on('stream', (stream, headers) => {
    const seen = [headers['project-version'] ?? 'none', nameLane()]
    stream.on('data', () => undefined)
    stream.on('end', () => {
      lanes.push([...seen, nameLane()])
      stream.end('ok')
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${portOf(server)}`, lanes }
}

describe('node:http2', () => {
  it('H20, H9, H4 carries the lane of the scope that requests, into the events of the stream', async () => {
    const { url, lanes } = await startHttp2()
    const session = connect(url)
    onTestFinished(() => session.close())
    const undo = laneHttp2(session, url)
    const headers = Object.freeze({ ':method': 'POST', 'x-own': '1' })
    const send = async (given: object): Promise<void> =>
      new Promise((resolve, reject) => {
        const stream = session.request({ ...given })
        stream.on('error', reject).on('close', resolve).resume().end('body')
      })
    await run('lane-a', async () => send(headers))
    await send(headers)
    await run('lane-a', async () => send({ ...headers, 'Project-Version': 'mine' }))
    await run('lane-a', async () => send({ ...headers, ':authority': 'api.example.com' }))
    undo()
    await run('lane-a', async () => send(headers))
    expect(lanes).toEqual([
      ['lane-a', 'lane-a', 'lane-a'],
      ['none', 'none', 'none'],
      ['mine', 'mine', 'mine'],
      ['none', 'none', 'none'],
      ['none', 'none', 'none'],
    ])
    expect(Object.hasOwn(session, 'request')).toBe(false)
  })

  it('H21 shows a stream to `trust` as a request, with the address that it came from', async () => {
    const seen: unknown[] = []
    const trust = ({ headers, method, url, socket }: InboundRequest): boolean => {
      seen.push([headers?.['x-staff'], method, url, socket?.remoteAddress])
      return true
    }
    const { url, lanes } = await startHttp2({ propagator: createPropagator({ trust }) })
    const session = connect(url)
    onTestFinished(() => session.close())
    const headers = { ':method': 'POST', ':path': '/a', 'x-staff': 'yes' }
    await new Promise((resolve) => {
      const stream = session.request({ ...headers, 'project-version': 'lane-a' })
      stream.on('close', resolve).resume().end()
    })
    expect(seen).toEqual([['yes', 'POST', '/a', '127.0.0.1']])
    expect(lanes).toEqual([['lane-a', 'lane-a', 'lane-a']])
  })

  it('H20 gives the lane to a server that answers in the style of HTTP/1', async () => {
    const seen: string[] = []
    const server = createHttp2((request, response) => {
      request.resume().on('end', () => {
        seen.push(nameLane())
        response.end('ok')
      })
    })
    laneServer(server)
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    onTestFinished(() => void server.close())
    const session = connect(`http://127.0.0.1:${portOf(server)}`)
    onTestFinished(() => session.close())
    await new Promise((resolve) => {
      session.request({ 'project-version': 'lane-a' }).on('close', resolve).resume().end()
    })
    expect(seen).toEqual(['lane-a'])
  })

  it('refuses what is no session', () => {
    expect(() => Reflect.apply(laneHttp2, undefined, [5, 'http://localhost'])).toThrow(
      'Expected `session`',
    )
  })
})
