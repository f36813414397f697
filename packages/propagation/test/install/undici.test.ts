import { once } from 'node:events'
import { createServer } from 'node:http'
import * as undici from 'undici'
import * as undici5 from 'undici-5'
import * as undici6 from 'undici-6'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createPropagator, run } from '../../src/index.ts'
import { install } from '../../src/install.ts'
import { laneUndici } from '../../src/undici.ts'
import { runsHere } from '../clients/client.ts'
import { callAtOnce } from '../support/call-at-once.ts'
import { toLoopback } from '../support/names.ts'
import { listen, portOf, startUpstream } from '../support/server.ts'
import type { Upstream } from '../support/server.ts'
import { installHere } from '../support/wire.ts'

/** As much as all versions have. */
interface Undici {
  readonly Agent: new (options: object) => Dispatcher
  readonly Pool: new (origin: string, options: object) => Dispatcher
  readonly Client: new (origin: string, options?: object) => Dispatcher
  readonly BalancedPool: new (origins: string[], options: object) => Dispatcher
  readonly MockAgent: new (options?: object) => MockAgent
  request(url: string, options: object): Promise<Answer>
  fetch(url: string, options: object): Promise<{ text(): Promise<string> }>
}

interface Dispatcher {
  request(options: object): Promise<Answer>
  destroy(): Promise<void>
}

interface MockAgent {
  close(): Promise<void>
  get(origin: string): { intercept(options: object): { reply(answer: unknown): unknown } }
}

interface Answer {
  body: { text(): Promise<string> }
}

const versions: ReadonlyArray<[string, Undici]> = [
  ['undici-5', Object(undici5)],
  ['undici-6', Object(undici6)],
  ['undici', Object(undici)],
  ...(runsHere('22.19') ? [await load8()] : []),
]

async function load8(): Promise<[string, Undici]> {
  return ['undici-8', Object(await import('undici-8'))]
}

function using<D extends { destroy(): Promise<void> }>(dispatcher: D): D {
  onTestFinished(async () => dispatcher.destroy())
  return dispatcher
}

/** What `install` replaces in undici. */
function methods(): unknown[] {
  const { prototype } = undici.Agent
  const base: unknown = Object.getPrototypeOf(prototype)
  return [Reflect.get(Object(base), 'dispatch'), Reflect.get(prototype, 'compose')]
}

/** Makes 20 calls at once, each in its own lane or in none, and answers those that arrived in another. */
async function mixUp({ received }: Upstream, call: (path: string) => unknown): Promise<unknown[]> {
  const calls = await callAtOnce((name) => call(`/${name}`))
  expect(received).toHaveLength(calls)
  const seen = received.map(({ url, lanes }) => [url.slice(1), lanes.join() || 'none'])
  return seen.filter(([name, lane]) => name !== lane)
}

describe.each(versions)('install, with %s', (_, { Agent, Pool, Client, BalancedPool, ...rest }) => {
  const one = { connections: 1, pipelining: 1, connect: { lookup: toLoopback } }

  it('H1 mixes up none of 20 calls that wait for one connection', async () => {
    installHere()
    const upstream = await startUpstream()
    const { url } = upstream
    const dispatcher = using(new Agent(one))
    const calls: Array<(path: string) => Promise<unknown>> = [
      async (path) => (await rest.request(url + path, { dispatcher })).body.text(),
      async (path) => (await rest.fetch(url + path, { dispatcher })).text(),
      ...[new Pool(url, one), new Client(url), new BalancedPool([url], one)].map((own) => {
        using(own)
        return async (path: string) => (await own.request({ path, method: 'GET' })).body.text()
      }),
    ]
    for (const call of calls) {
      expect(await mixUp(upstream, call)).toEqual([])
      upstream.received.length = 0
    }
  })

  it('H2, H3, H4, H16 judges the destination, keeps a header of the caller, and sends one', async () => {
    const { counters } = installHere()
    const { port, received } = await startUpstream()
    const dispatcher = using(new Agent(one))
    const call = async (host: string, headers?: object): Promise<unknown> => {
      const options = { dispatcher, ...(headers && { headers }) }
      return (await rest.request(`http://${host}:${port}/`, options)).body.text()
    }
    await run('a', async () => call('testbbb'))
    await run('a', async () => call('api.example.com'))
    await run('a', async () => call('testbbb', { 'Project-Version': 'mine' }))
    await run('a', async () => call('testbbb', ['x-own', '1']))
    await call('testbbb')
    expect(received.map(({ lanes }) => lanes)).toEqual([['a'], [], ['mine'], ['a'], []])
    expect(counters()).toMatchObject({ injected: 2, kept: 1, withheld: 1, stripped: 0 })
  })

  it('reaches a MockAgent, as nobody else does', async () => {
    installHere()
    const mocked = new rest.MockAgent()
    onTestFinished(async () => mocked.close())
    const seen: unknown[] = []
    mocked
      .get('http://testbbb')
      .intercept({ path: '/' })
      .reply((options: { headers: unknown }) => {
        seen.push([options.headers].flat())
        return { statusCode: 200, data: 'ok' }
      })
    await run('a', async () => rest.request('http://testbbb/', { dispatcher: mocked }))
    expect(seen).toEqual([['project-version', 'a']])
  })
})

describe('install, with undici', () => {
  it('H1 keeps the lane of a request that is tried again, for whoever holds the connection then', async () => {
    installHere()
    const seen: Array<readonly [string, unknown]> = []
    const port = await listen(({ url = '', headers }, response) => {
      const isFirst = !seen.some(([before]) => before === url)
      seen.push([url, headers['project-version'] ?? 'none'])
      response.writeHead(isFirst ? 503 : 200).end('ok')
    })
    const retry = { minTimeout: 1, maxRetries: 2, timeoutFactor: 1 }
    const base = new undici.Agent({ connections: 1 })
    const agents = [
      new undici.RetryAgent(base, retry),
      base.compose(undici.interceptors.retry(retry)),
      base.compose([undici.interceptors.retry(retry), undici.interceptors.redirect({})]),
    ]
    using(base)
    for (const [round, dispatcher] of agents.entries()) {
      const names = ['lane-a', 'none', 'lane-b', 'none', 'lane-c']
      await Promise.all(
        names.map(async (name, index) =>
          run(name === 'none' ? null : name, async () => {
            const url = `http://localhost:${port}/${name}/${index}/${round}`
            return (await undici.request(url, { dispatcher })).body.text()
          }),
        ),
      )
    }
    expect(seen).toHaveLength(30)
    expect(seen.filter(([url, lane]) => url.split('/')[1] !== lane)).toEqual([])
  })

  it('H1, H13 keeps the lane of a request that a dispatcher of the app lets wait', async () => {
    installHere()
    const upstream = await startUpstream()
    const agent = using(new undici.Agent())
    const waiting: Array<() => boolean> = []
    class Batch extends undici.Dispatcher {
      override dispatch(...args: Parameters<undici.Dispatcher['dispatch']>): boolean {
        waiting.push(() => agent.dispatch(...args))
        // The last of the batch sends all, in its own scope.
        if (waiting.length === 20) for (const go of waiting) go()
        return true
      }
    }
    const dispatcher = new Batch()
    const call = async (path: string): Promise<string> =>
      (await undici.request(upstream.url + path, { dispatcher })).body.text()
    expect(await mixUp(upstream, call)).toEqual([])
  })

  it('H18 puts one header on beside laneUndici and a wrapped fetch', async () => {
    const { counters } = installHere()
    const { url, received } = await startUpstream()
    const dispatcher = using(new undici.Agent().compose(laneUndici()))
    await run('a', async () => (await undici.request(url, { dispatcher })).body.text())
    const before = undici.getGlobalDispatcher()
    undici.setGlobalDispatcher(using(new undici.Agent()))
    onTestFinished(() => undici.setGlobalDispatcher(before))
    await run('a', async () => (await fetch(url)).text())
    expect(received.map(({ lanes }) => lanes)).toEqual([['a'], ['a']])
    expect(counters()).toMatchObject({ injected: 2, kept: 0 })
  })

  it('H18 is gone when it is undone, however often the global dispatcher was asked for', async () => {
    const dispatcher = undici.getGlobalDispatcher()
    undici.setGlobalDispatcher(using(new undici.Agent()))
    onTestFinished(() => undici.setGlobalDispatcher(dispatcher))
    const before = methods()
    const undo = install({ propagator: createPropagator() })
    expect(methods()).not.toEqual(before)
    const { url, received } = await startUpstream()
    for (const lane of ['a', 'b']) {
      await run(lane, async () => (await undici.request(url)).body.text())
    }
    undo()
    expect(methods()).toEqual(before)
    await run('c', async () => (await undici.request(url)).body.text())
    expect(received.map(({ lanes }) => lanes)).toEqual([['a'], ['b'], []])
  })

  it('H7 leaves what undici refuses to it', async () => {
    installHere()
    await run('a', async () => {
      await expect(undici.request('http://testbbb', Object({ headers: 'no' }))).rejects.toThrow(
        'headers',
      )
      const client = using(new undici.Client('http://localhost:1'))
      await expect(client.request(Object(undefined))).rejects.toThrow('path')
    })
  })
})

// Node 20 has none.
describe.each('WebSocket' in globalThis ? ['WebSocket'] : [])('install, with %s', () => {
  it('H4, H5, H6, H7, H16 carries the lane in the handshake, and changes the class in nothing else', async () => {
    const { port, handshakes } = await startHandshakes()
    const Plain = globalThis.WebSocket
    const propagator = createPropagator()
    const undo = install({ propagator })
    onTestFinished(undo)
    const { WebSocket } = globalThis
    class Own extends WebSocket {}
    const url = `ws://localhost:${port}/`
    await run('a', async () => refused(new WebSocket(url)))
    await run('a', async () => refused(new WebSocket(url, ['chat', 'talk'])))
    await run('a', async () => refused(new WebSocket(url, Object({ headers: { 'x-own': '1' } }))))
    await run('a', async () => refused(new Own(url, 'chat')))
    const set = Object({ headers: { 'Project-Version': 'mine' } })
    const given = Object({ headers: { 'x-own': '2' } })
    await run('a', async () => refused(new WebSocket(url, given)))
    expect(given).toEqual({ headers: { 'x-own': '2' } })
    await run('a', async () => refused(new WebSocket(url, set)))
    await run('a', async () => refused(new WebSocket(`ws://[::ffff:127.0.0.1]:${port}/`)))
    await refused(new WebSocket(url))
    expect(handshakes).toEqual([
      ['a', undefined, undefined],
      ['a', 'chat, talk', undefined],
      ['a', undefined, '1'],
      ['a', 'chat', undefined],
      ['a', undefined, '2'],
      ['mine', undefined, undefined],
      [undefined, undefined, undefined],
      [undefined, undefined, undefined],
    ])
    // The wire guard, which would take it off a third party's, has nothing to do.
    expect(propagator.counters()).toMatchObject({ injected: 5, kept: 1, withheld: 1, stripped: 0 })
    expect(run('a', () => new Own(url))).toBeInstanceOf(Plain)
    expect([WebSocket.OPEN, WebSocket.name, WebSocket.prototype]).toEqual([
      Plain.OPEN,
      Plain.name,
      Plain.prototype,
    ])
    expect(() => run('a', () => new WebSocket('no url'))).toThrow('Invalid URL')
    undo()
    expect(globalThis.WebSocket).toBe(Plain)
  })

  it('leaves the class alone that somebody has put in its place', () => {
    const before = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket')
    onTestFinished(() => void Reflect.defineProperty(globalThis, 'WebSocket', Object(before)))
    const undo = install({ propagator: createPropagator() })
    Reflect.set(globalThis, 'WebSocket', EventTarget)
    undo()
    expect(globalThis.WebSocket).toBe(EventTarget)
  })
})

/** A server that notes handshakes, and refuses them. */
async function startHandshakes(): Promise<{ port: number; handshakes: unknown[] }> {
  const handshakes: unknown[] = []
  const server = createServer()
  server.on('upgrade', ({ headers }, socket) => {
    const { 'sec-websocket-protocol': protocol } = headers
    handshakes.push([headers['project-version'], protocol, headers['x-own']])
    socket.end('HTTP/1.1 400 No\r\nconnection: close\r\n\r\n')
  })
  await once(server.listen(0), 'listening')
  onTestFinished(() => void server.close())
  return { port: portOf(server), handshakes }
}

async function refused(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    socket.addEventListener('error', () => resolve())
  })
}
