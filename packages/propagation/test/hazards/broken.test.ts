import http2, { createServer as createHttp2, connect } from 'node:http2'
import { syncBuiltinESMExports } from 'node:module'
import { EventEmitter, once } from 'node:events'
import { Readable } from 'node:stream'
import { create } from 'axios'
import Koa from 'koa'
import * as undici from 'undici'
import { describe, expect, it, onTestFinished } from 'vitest'
import { registerInterceptor } from '../../src/axios.ts'
import { laneConnect } from '../../src/connect.ts'
import { wrapFetch } from '../../src/fetch.ts'
import { laneHttp2 } from '../../src/http2.ts'
import { createPropagator, currentLane, run } from '../../src/index.ts'
import type { Propagator } from '../../src/index.ts'
import { install } from '../../src/install.ts'
import { laneMiddleware } from '../../src/koa.ts'
import { lanePropagator } from '../../src/opentelemetry.ts'
import { laneUndici } from '../../src/undici.ts'
import { listen, portOf, startUpstream } from '../support/server.ts'
import { send } from '../support/wire.ts'

function fail(): never {
  throw new Error('broken')
}

/** A propagator that fails within a lane, as one may that an app has wrapped, or that another version made. */
function breakLane(): Propagator {
  const real = createPropagator()
  const read = (): undefined => {
    if (real.currentLane() !== undefined) fail()
    return undefined
  }
  return { ...real, currentLane: read, outboundLane: read }
}

function breakWrites(): Propagator {
  return { ...createPropagator(), inject: fail, strip: fail }
}

const away = { 'project-version': 'mine' }

type Call = (url: string, headers: Record<string, string>) => Promise<unknown>

/** The clients whose requests are changed while Node or undici makes them. */
function innerCalls(propagator: Propagator): Call[] {
  const client = create()
  registerInterceptor(client, { propagator })
  return [
    async (url, headers) => send({ port: new URL(url).port, headers }),
    async (url, headers) => client.get(url, { headers }),
    async (url, headers) => (await undici.request(url, { headers })).body.text(),
  ]
}

/** Those whose arguments are changed. */
function outerCalls(propagator: Propagator): Call[] {
  const client = create({ adapter: 'fetch' })
  registerInterceptor(client, { propagator })
  const laneFetch = wrapFetch(fetch, { propagator })
  const dispatcher = new undici.Agent().compose(laneUndici({ propagator }))
  onTestFinished(async () => dispatcher.destroy())
  return [
    async (url, headers) => client.get(url, { headers }),
    async (url, headers) => (await laneFetch(url, { headers })).text(),
    async (url, headers) => (await undici.request(url, { dispatcher, headers })).body.text(),
    async (url, headers) => shakeHands(url.replace('http', 'ws'), headers),
  ]
}

describe.each<[string, () => Propagator, (propagator: Propagator) => Call[]]>([
  ['cannot read the lane', breakLane, innerCalls],
  ['cannot write the lane', breakWrites, innerCalls],
  ['cannot write the lane', breakWrites, outerCalls],
])('a propagator that %s', (_, make, callsOf) => {
  it('H7 costs no client its request', async () => {
    const propagator = make()
    onTestFinished(install({ propagator }))
    const { url, received } = await startUpstream()
    const calls = callsOf(propagator)
    for (const call of calls) {
      await run('a', async () => call(url, {}))
      await run('a', async () => call(url, away))
    }
    const lanes = received.map((one) => one.lanes.join())
    expect(lanes).toEqual(calls.flatMap(() => ['', 'mine']))
  })

  it('H7 costs no request of HTTP/2', async () => {
    const propagator = make()
    const undo = install({ propagator })
    onTestFinished(undo)
    const seen: unknown[] = []
    const server = createHttp2()
    server.on('stream', (stream, headers) => {
      seen.push(headers['project-version'])
      stream.respond()
      stream.end('ok')
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    onTestFinished(() => void server.close())
    const url = `http://127.0.0.1:${portOf(server)}`
    const session = connect(url)
    onTestFinished(() => session.close())
    const requestBoth = async (): Promise<void> => {
      for (const headers of [{}, away]) {
        await run('a', async () => once(session.request(headers).resume(), 'close'))
      }
    }
    await requestBoth()
    undo()
    laneHttp2(session, url, { propagator: breakWrites() })
    await requestBoth()
    expect(seen).toEqual([undefined, 'mine', undefined, 'mine'])
  })
})

/** Asks for an upgrade that is refused; by plain HTTP up to Node 20, which has no WebSocket. */
async function shakeHands(url: string, headers: Record<string, string>): Promise<void> {
  if (!('WebSocket' in globalThis))
    return void (await fetch(url.replace('ws', 'http'), { headers }))
  const socket = new WebSocket(url, Object({ headers }))
  await new Promise((resolve) => {
    socket.addEventListener('error', resolve)
  })
}

it('H7: an emitter and a body that cannot be written to serve the request as they are', async () => {
  const middleware = laneConnect()
  const request = Object.freeze({ headers: { 'project-version': 'a' }, emit: () => true })
  const response = Object.freeze(new EventEmitter())
  let seen: unknown
  middleware(request, response, () => {
    seen = currentLane()
  })
  expect(seen).toBe('a')
  const app = new Koa()
  app.use(laneMiddleware())
  app.use((ctx) => {
    const body = Readable.from(['o', 'k'])
    Object.defineProperty(body, 'pipe', { value: body.pipe.bind(body), writable: false })
    ctx.body = body
  })
  const headers = { 'project-version': 'a' }
  expect(await send({ port: await listen(app.callback()), headers })).toBe('ok')
})

it('H7: HTTP/2 that cannot be reached leaves all else installed', async () => {
  const { connect: before } = http2
  const restore = (): void => {
    Object.assign(http2, { connect: before })
    syncBuiltinESMExports()
  }
  onTestFinished(restore)
  Object.assign(http2, { connect: fail })
  syncBuiltinESMExports()
  onTestFinished(install({ propagator: createPropagator() }))
  restore()
  const { url, received } = await startUpstream()
  await run('a', async () => send(url))
  expect(received.map(({ lanes }) => lanes)).toEqual([['a']])
})

it('H7: a context of OpenTelemetry that cannot be read costs no request', async () => {
  const api = Symbol.for('opentelemetry.js.api.1')
  const before: unknown = Reflect.get(globalThis, api)
  onTestFinished(() => void Reflect.set(globalThis, api, before))
  Reflect.set(globalThis, api, { context: { active: fail } })
  onTestFinished(lanePropagator().stop)
  const { url, received } = await startUpstream()
  await (await fetch(url)).text()
  await run('a', async () => (await fetch(url)).text())
  expect(received.map(({ lanes }) => lanes.join())).toEqual(['', 'a'])
})
