import { createServer, request } from 'node:http'
import axios, { create } from 'axios'
import {
  Agent,
  ProxyAgent,
  fetch as undiciFetch,
  getGlobalDispatcher,
  request as undiciRequest,
  setGlobalDispatcher,
} from 'undici'
import type { Dispatcher } from 'undici'
import { Agent as Agent5, request as undici5Request } from 'undici-5'
import { describe, expect, it, onTestFinished } from 'vitest'
import { registerInterceptor } from '../src/axios.ts'
import { run } from '../src/index.ts'
import { loopbackAgent, toLoopback } from './support/names.ts'
import { portOf, startUpstream } from './support/server.ts'
import { installHere, send } from './support/wire.ts'

const THIRD_PARTY = 'api.example.com'
const headers = { 'project-version': 'a' }

/** Makes the dispatcher the one that global fetch and undici use, until the test ends. */
function useDispatcher<D extends Dispatcher>(dispatcher: D): D {
  const before = getGlobalDispatcher()
  setGlobalDispatcher(dispatcher)
  onTestFinished(async () => {
    setGlobalDispatcher(before)
    await dispatcher.destroy()
  })
  return dispatcher
}

/** Calls `/to?…` inside, which redirects to a third party. */
function redirect(port: number, host = THIRD_PARTY): string {
  return `http://localhost:${port}/to?${encodeURIComponent(`http://${host}:${port}/`)}`
}

describe('the wire guard', () => {
  it('H6 reads the headers of undici 5, which are text', async () => {
    const { counters } = installHere()
    const { port, received } = await startUpstream()
    const dispatcher = new Agent5({ connect: { lookup: toLoopback } })
    onTestFinished(async () => dispatcher.destroy())
    const given = { 'x-a': '1', 'Project-Version': 'a', 'x-b': 'project-version: a' }
    for (const host of [THIRD_PARTY, 'testbbb']) {
      await undici5Request(`http://${host}:${port}/`, { dispatcher, headers: given })
    }
    expect(received.map(({ lanes }) => lanes)).toEqual([[], ['a']])
    expect(received[0]?.rawHeaders.slice(-4)).toEqual(['x-a', '1', 'x-b', 'project-version: a'])
    expect(counters()).toMatchObject({ stripped: 1 })
  })

  it.each<[string, (url: string) => Promise<unknown>]>([
    ['node:http', async (url) => send({ ...parts(url), headers, agent: loopbackAgent() })],
    [
      'node:http with an array of headers',
      async (url) =>
        send({
          ...parts(url),
          headers: ['Project-Version', 'a', 'host', THIRD_PARTY],
          agent: loopbackAgent(),
        }),
    ],
    [
      'node:http with pairs of headers',
      async (url) =>
        send({
          ...parts(url),
          headers: [
            ['Project-Version', 'a'],
            ['host', THIRD_PARTY],
          ],
          agent: loopbackAgent(),
        }),
    ],
    ['axios', async (url) => axios.get(url, { headers, httpAgent: loopbackAgent() })],
    ['axios by fetch', async (url) => axios.get(url, { headers, adapter: 'fetch' })],
    ['fetch', async (url) => fetch(url, { headers })],
    ['the fetch of undici', async (url) => undiciFetch(url, { headers })],
    ['undici', async (url) => undiciRequest(url, { headers })],
  ])(
    'H2 takes off what was set for a third party, not what was set for the cluster: %s',
    async (_, call) => {
      const { counters } = installHere()
      useDispatcher(new Agent({ connect: { lookup: toLoopback } }))
      const { port, received } = await startUpstream()
      await call(`http://${THIRD_PARTY}:${port}/`)
      await call(`http://localhost:${port}/`)
      expect(received.map(({ lanes }) => lanes)).toEqual([[], ['a']])
      expect(counters()).toMatchObject({ stripped: 1, injected: 0 })
    },
  )

  it.each<[string, (url: string) => Promise<unknown>]>([
    ['axios', async (url) => axios.get(url, { httpAgent: loopbackAgent() })],
    ['axios, set by hand', async (url) => axios.get(url, { headers, httpAgent: loopbackAgent() })],
    ['axios by fetch', async (url) => axios.get(url, { adapter: 'fetch' })],
    ['fetch', async (url) => fetch(url)],
    ['fetch, set by hand', async (url) => fetch(url, { headers })],
    ['undici fetch, set by hand', async (url) => undiciFetch(url, { headers })],
  ])('H2 stops the lane at a redirect to a third party, not inside: %s', async (_, call) => {
    installHere()
    useDispatcher(new Agent({ connect: { lookup: toLoopback } }))
    const { port, received } = await startUpstream()
    await run('a', async () => call(redirect(port)))
    await run('a', async () => call(redirect(port, 'testbbb')))
    expect(received.map(({ host, lanes }) => [host.split(':')[0], lanes.join()])).toEqual([
      ['localhost', 'a'],
      [THIRD_PARTY, ''],
      ['localhost', 'a'],
      ['testbbb', 'a'],
    ])
  })

  it('H2, H18 stops the lane at a redirect that follows the axios interceptor', async () => {
    const propagator = installHere()
    const client = create({ httpAgent: loopbackAgent() })
    registerInterceptor(client, { propagator })
    const { port, received } = await startUpstream()
    await run('a', async () => client.get(redirect(port)))
    expect(received.map(({ lanes }) => lanes)).toEqual([['a'], []])
  })

  it('H2 judges what a proxy is asked for, not the proxy', async () => {
    installHere()
    // An upstream takes requests in absolute-form like any other.
    const { port, received } = await startUpstream()
    const proxy = { host: '127.0.0.1', port, protocol: 'http' }
    for (const url of ['http://testbbb.test-istio/', `http://${THIRD_PARTY}/`]) {
      await run('a', async () => axios.get(url, { proxy }))
      await axios.get(url, { proxy, headers })
    }
    expect(received.map(({ url, lanes }) => [url, lanes])).toEqual([
      ['http://testbbb.test-istio/', ['a']],
      ['http://testbbb.test-istio/', ['a']],
      [`http://${THIRD_PARTY}/`, []],
      [`http://${THIRD_PARTY}/`, []],
    ])
  })

  it('H2 puts no lane on CONNECT, and takes off what is there', async () => {
    installHere()
    const { url } = await startUpstream()
    const heads: Array<readonly [string | undefined, unknown]> = []
    const proxy = createServer()
    proxy.on('connect', ({ url: target, headers: head }, socket) => {
      heads.push([target, head['project-version']])
      socket.end('HTTP/1.1 502 No\r\n\r\n')
    })
    await new Promise<void>((resolve) => {
      proxy.listen(0, resolve)
    })
    onTestFinished(() => void proxy.close())
    const port = portOf(proxy)
    const authority = new URL(url).host
    for (const given of [{}, headers]) {
      const options = { port, method: 'CONNECT', path: authority, headers: given }
      await run('a', async () => {
        const outgoing = request(options).end()
        return new Promise((resolve) => {
          outgoing.on('connect', resolve)
        })
      })
    }
    const dispatcher = new ProxyAgent({ uri: `http://localhost:${port}`, proxyTunnel: true })
    onTestFinished(async () => dispatcher.destroy())
    await expect(undiciFetch(url, { dispatcher, headers })).rejects.toThrow('fetch failed')
    expect(heads).toEqual([
      [authority, undefined],
      [authority, undefined],
      [authority, undefined],
    ])
  })
})

function parts(url: string): { host: string; port: string } {
  const { hostname, port } = new URL(url)
  return { host: hostname, port }
}
