import { channel } from 'node:diagnostics_channel'
import { ClientRequest } from 'node:http'
import type { ServerResponse } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import { create } from 'axios'
import { expect, it, onTestFinished, vi } from 'vitest'
import { registerInterceptor } from '../../src/axios.ts'
import { laneFetch, wrapFetch } from '../../src/fetch.ts'
import { createPropagator, run } from '../../src/index.ts'
import { install } from '../../src/install.ts'
import { lanePropagator } from '../../src/opentelemetry.ts'
import { trailConnect } from '../../src/trail.ts'
import { listen, startUpstream } from '../support/server.ts'
import { installHere, send } from '../support/wire.ts'

const CHANNELS = [
  'net.server.socket',
  'http.server.request.start',
  'http.client.request.created',
  'http.client.request.start',
  'http.client.response.finish',
  'undici:request:create',
  'undici:request:headers',
]

/** Throws whatever one does with it. */
const hostile: object = new Proxy(
  {},
  {
    get: () => {
      throw new Error('hostile')
    },
  },
)

it('H7: no subscriber throws, whatever a channel brings, for that would end the process', async () => {
  installHere()
  onTestFinished(lanePropagator().stop)
  const guarded = wrapFetch(fetch, { propagator: createPropagator() })
  await run('a', async () => (await guarded((await startUpstream()).url)).text())
  await listenInTrail(() => undefined)
  const thrown: unknown[] = []
  const note = (error: unknown): void => void thrown.push(error)
  process.on('uncaughtException', note)
  onTestFinished(() => void process.off('uncaughtException', note))
  const headers = { request: { headers: [hostile, 'project-version', 'a'], origin: 'x' } }
  for (const name of CHANNELS) {
    for (const part of [undefined, null, 7, {}, hostile]) {
      channel(name).publish(part)
      for (const field of ['request', 'response', 'socket', 'server']) {
        channel(name).publish({ [field]: part })
      }
    }
    channel(name).publish(headers)
    channel(name).publish({ ...headers, response: { statusCode: 302, headers: ['location', 'x'] } })
    channel(name).publish({ request: Object.create(ClientRequest.prototype) })
    channel(name).publish({ socket: { server: hostile } })
  }
  // Node throws what a subscriber threw on the next tick.
  await setImmediate()
  expect(thrown).toEqual([])
})

it('H7: a call that fails, or a head that cannot be read, costs the trail a hop and nothing else', async () => {
  const rejected: unknown[] = []
  const note = (error: unknown): void => void rejected.push(error)
  process.on('unhandledRejection', note)
  onTestFinished(() => void process.off('unhandledRejection', note))
  class Head {
    readonly 'x-own' = '1'
    get(): never {
      throw new Error('hostile')
    }
  }
  const url = await listenInTrail((response) => {
    const call = async (): Promise<void> => {
      await expect(laneFetch('http://localhost:1/')).rejects.toThrow('fetch failed')
      const answer = { headers: new Head() }
      const own = wrapFetch(async (_url: string) => answer)
      expect(await own('http://localhost:1/')).toBe(answer)
      Reflect.apply(Reflect.get(response, 'writeHead'), response, [200, new Head()])
      response.end('ok')
    }
    void call()
  })
  const { headers, status } = await fetch(url)
  expect([status, headers.get('x-own')]).toEqual([200, '1'])
  await setImmediate()
  expect(rejected).toEqual([])
})

/** A server that tells its trail, and has told it once. */
async function listenInTrail(answer: (response: ServerResponse) => void): Promise<string> {
  const tell = trailConnect({ service: 'a', version: 'v' })
  const port = await listen((request, response) => {
    tell(request, response, () => (request.url === '/' ? answer(response) : response.end()))
  })
  await (await fetch(`http://localhost:${port}/once`)).text()
  return `http://localhost:${port}/`
}

it('H18: installing twice, and integrations beside it, put one header on, until all is undone', async () => {
  const { url, received } = await startUpstream()
  const propagator = createPropagator()
  const { fetch: before } = globalThis
  const client = create()
  const undo = [
    install({ propagator }),
    install({ propagator }),
    registerInterceptor(client, { propagator }),
    registerInterceptor(client, { propagator }),
  ]
  const requestAll = async (): Promise<void> => {
    await send(url)
    await client.get(url)
    await (await wrapFetch(globalThis.fetch, { propagator })(url)).text()
  }
  await run('a', requestAll)
  expect(propagator.counters()).toMatchObject({ injected: 3, kept: 0 })
  undo[0]?.()
  // Undone twice counts once.
  undo[0]?.()
  await run('b', requestAll)
  for (const one of undo) one()
  await run('c', async () => send(url))
  await run('c', async () => client.get(url))
  await run('c', async () => (await globalThis.fetch(url)).text())
  const lanes = received.map((one) => one.lanes.join())
  expect(lanes).toEqual(['a', 'a', 'a', 'b', 'b', 'b', '', '', ''])
  expect(globalThis.fetch).toBe(before)
})

it('H18: two copies of this package install once, until both are undone', async () => {
  vi.resetModules()
  const copy = await import('../../src/install.ts')
  expect(copy.install).not.toBe(install)
  const [first, second] = [createPropagator(), createPropagator()]
  const undo = [install({ propagator: first }), copy.install({ propagator: second })]
  const { url, received } = await startUpstream()
  const requestAll = async (): Promise<void> => {
    await send(url)
    await (await fetch(url)).text()
  }
  await run('a', requestAll)
  undo[0]?.()
  await run('b', requestAll)
  undo[1]?.()
  await run('c', requestAll)
  expect(received.map(({ lanes }) => lanes.join())).toEqual(['a', 'a', 'b', 'b', '', ''])
  expect([first.counters().injected, second.counters().injected]).toEqual([4, 0])
})

it('H19: an instance of axios has the interceptor that it was given itself, and no other has it', async () => {
  const { url, received } = await startUpstream()
  const client = create()
  onTestFinished(registerInterceptor(client))
  await run('a', async () => client.get(url))
  await run('a', async () => create().get(url))
  expect(received.map(({ lanes }) => lanes)).toEqual([['a'], []])
})
