import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { createServer as createNetServer } from 'node:net'
import express from 'express'
import Koa from 'koa'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { RawData } from 'ws'
import { laneConnect } from '../src/connect.ts'
import { bind, currentLane, run } from '../src/index.ts'
import { install } from '../src/install.ts'
import { laneMiddleware } from '../src/koa.ts'
import { laneServer } from '../src/server.ts'
import { createBarrier, createSignal } from './support/barrier.ts'
import { listen, portOf, startUpstream } from './support/server.ts'
import { installHere, send, talk } from './support/wire.ts'

/** Answers each request with the lane in which its handler and the events of its body find themselves. */
function createEcho(): Server {
  return createServer((request, response) => {
    const lanes = [currentLane()]
    request.on('data', () => lanes.push(currentLane()))
    request.on('end', () => response.end(JSON.stringify([...lanes, currentLane()])))
  })
}

async function open(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, resolve)
  })
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return portOf(server)
}

async function post(port: number, lane?: string): Promise<unknown> {
  const headers = lane === undefined ? {} : { 'project-version': lane }
  return JSON.parse(await send({ port, method: 'POST', headers }, 'body'))
}

function textOf(message: RawData): string {
  return Buffer.isBuffer(message) ? message.toString() : ''
}

describe.each([
  ['laneServer', (server: Server) => laneServer(server)],
  ['install', () => install()],
  [
    'both',
    (server: Server) => {
      const undo = [laneServer(server), install()]
      return () => undo.forEach((one) => one())
    },
  ],
])('a plain server with %s', (_, add) => {
  it('H9 keeps the lane for the handler and the events of the body, until it is undone', async () => {
    const server = createEcho()
    const undo = add(server)
    const port = await open(server)
    expect(await post(port, 'a')).toEqual(['a', 'a', 'a'])
    expect(await post(port)).toEqual([null, null, null])
    expect(await post(port, 'a b')).toEqual([null, null, null])
    undo()
    expect(await post(port, 'a')).toEqual([null, null, null])
  })

  it('H22 keeps requests apart that are pipelined on one connection', async () => {
    const seen: Array<readonly [string | undefined, string | undefined]> = []
    const meet = createBarrier(5)
    const server = createServer((request, response) => {
      const answer = async (): Promise<void> => {
        // All are inside before the first is answered.
        await meet()
        seen.push([request.url, currentLane()])
        response.end()
      }
      void answer()
    })
    onTestFinished(add(server))
    const port = await open(server)
    const lines = ['/a', '/none', '/b', '/none', '/a'].map((path) =>
      path === '/none'
        ? `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`
        : `GET ${path} HTTP/1.1\r\nhost: x\r\nproject-version: ${path.slice(1)}\r\n\r\n`,
    )
    await talk(port, lines.join(''))
    expect(seen).toEqual([
      ['/a', 'a'],
      ['/none', undefined],
      ['/b', 'b'],
      ['/none', undefined],
      ['/a', 'a'],
    ])
  })

  it('H9 keeps the lane in checkContinue and in CONNECT', async () => {
    const server = createEcho()
    const lanes: unknown[] = []
    server.on('checkContinue', (request, response) => {
      lanes.push(currentLane())
      response.writeContinue()
      server.emit('request', request, response)
    })
    server.on('connect', (__, socket) => {
      lanes.push(currentLane())
      socket.on('end', () => lanes.push(currentLane()))
      socket.resume().end('HTTP/1.1 200 OK\r\n\r\n')
    })
    onTestFinished(add(server))
    const port = await open(server)
    const headers = { 'project-version': 'a', expect: '100-continue' }
    expect(await send({ port, method: 'POST', headers }, 'body')).toBe('["a","a","a"]')
    await talk(port, 'CONNECT x:1 HTTP/1.1\r\nhost: x:1\r\nproject-version: b\r\n\r\n')
    expect(lanes).toEqual(['a', 'b', 'b'])
  })

  it('H9 carries the lane over a WebSocket handshake, in and out, to each message', async () => {
    const server = createServer()
    onTestFinished(add(server))
    const sockets = new WebSocketServer({ server })
    sockets.on('connection', (socket) => {
      socket.on('message', (text) => socket.send(`${textOf(text)} ${currentLane()}`))
      socket.send(`open ${currentLane()}`)
    })
    const port = await open(server)
    // What carries it out, when the server's side alone is tested.
    onTestFinished(install())
    const talkTo = async (): Promise<string[]> => {
      const socket = new WebSocket(`ws://localhost:${port}`)
      const received: string[] = []
      const { fired, fire } = createSignal()
      socket.on('message', (text) => {
        received.push(textOf(text))
        if (received.length === 2) socket.close()
        else socket.send('hello')
      })
      socket.on('close', fire)
      await fired
      return received
    }
    expect(await run('a', talkTo)).toEqual(['open a', 'hello a'])
    expect(await talkTo()).toEqual(['open undefined', 'hello undefined'])
  })
})

describe('laneServer', () => {
  it('H18 gives the server back as it was, in whichever order it is undone', async () => {
    const server = createEcho()
    laneServer(server)()
    expect(Object.hasOwn(server, 'emit')).toBe(false)
    const [first, second] = [laneServer(server), laneServer(server)]
    const port = await open(server)
    first()
    expect(await post(port, 'a')).toEqual(['a', 'a', 'a'])
    second()
    expect(await post(port, 'a')).toEqual([null, null, null])
  })

  it('refuses what is no server', () => {
    // As from JavaScript, where no compiler refuses it.
    expect(() => Reflect.apply(laneServer, undefined, [{}])).toThrow(
      new TypeError('Expected `server` to be a server of node:http, got a value of type object'),
    )
  })
})

describe('laneConnect', () => {
  it.each([
    ['alone', () => () => undefined],
    ['beside register', () => install()],
  ])('H18 keeps the lane in express, used twice, %s', async (_, add) => {
    onTestFinished(add())
    const app = express()
    app.use(laneConnect())
    app.use(laneConnect())
    app.post('/', express.text({ type: () => true }), (request, response) => {
      queueMicrotask(() => response.json([currentLane(), request.body]))
    })
    const port = await listen(app)
    expect(await post(port, 'a')).toEqual(['a', 'body'])
    expect(await post(port)).toEqual([null, 'body'])
  })

  it('has a name, and passes on what the next one throws', () => {
    const middleware = laneConnect()
    expect(middleware.name).toBe('propagateLane')
    const request = { headers: { 'project-version': 'a' }, emit: () => true }
    expect(() =>
      middleware(request, { emit: () => true }, () => {
        throw new Error(`in ${currentLane()}`)
      }),
    ).toThrow('in a')
  })
})

describe('install', () => {
  it('H18 wraps a server once, however many connections it has', async () => {
    installHere()
    const server = createEcho()
    const port = await open(server)
    const wrapped: unknown[] = []
    for (const lane of ['a', 'b', 'c']) {
      expect(await post(port, lane)).toEqual([lane, lane, lane])
      wrapped.push(Reflect.get(server, 'emit'))
    }
    expect(new Set(wrapped).size).toBe(1)
  })

  it('H18 enters a lane once, beside the koa middleware', async () => {
    const { counters } = installHere()
    const { url, received } = await startUpstream()
    const app = new Koa()
    app.use(laneMiddleware())
    app.use(async (ctx) => {
      ctx.body = await send(url)
    })
    const port = await listen(app.callback())
    await send({ port, headers: { 'project-version': 'a' } })
    expect(received.map(({ lanes }) => lanes)).toEqual([['a']])
    expect(counters().injected).toBe(1)
  })

  it('finds a server that somebody else hands its connections to', async () => {
    installHere()
    const inner = createEcho()
    // Later than the connection itself tells of its server, which is another one then.
    const outer = createNetServer((socket) => {
      setImmediate(() => inner.emit('connection', socket))
    })
    await new Promise<void>((resolve) => {
      outer.listen(0, resolve)
    })
    onTestFinished(() => {
      outer.close()
      inner.closeAllConnections()
    })
    expect(await post(portOf(outer), 'a')).toEqual(['a', 'a', 'a'])
  })
})

it('binds to no scope where none is, whatever the lane of the caller', () => {
  const outside = bind(currentLane)
  expect(run('a', outside)).toBeUndefined()
})
