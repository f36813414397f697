import { Agent, request } from 'node:http'
import { PassThrough } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import { wrapFetch } from '../src/fetch.ts'
import { createPropagator, currentLane, run } from '../src/index.ts'
import { install } from '../src/install.ts'
import { createBarrier } from './support/barrier.ts'
import { callAtOnce } from './support/call-at-once.ts'
import { loopbackAgent } from './support/names.ts'
import { startUpstream } from './support/server.ts'
import { installHere, readAll, send } from './support/wire.ts'

const HEADER = 'project-version'

describe('node:http, once installed', () => {
  it('carries the lane of the scope that makes the request, and none outside of it', async () => {
    installHere()
    const { url, received } = await startUpstream()
    await run('a', async () => send(url))
    await run('b', async () => send({ ...urlOptions(url), method: 'POST' }, 'body'))
    await send(url)
    expect(received.map(({ lanes, body }) => [lanes, body])).toEqual([
      [['a'], ''],
      [['b'], 'body'],
      [[], ''],
    ])
  })

  it('H1, H13 takes the lane when the request is made, not when it is written', async () => {
    installHere()
    const { url, received } = await startUpstream()
    const body = new PassThrough()
    const answered = run('a', async () => {
      const outgoing = request(url, { method: 'POST' })
      body.pipe(outgoing)
      return new Promise((resolve) => {
        outgoing.on('response', (response) => resolve(readAll(response)))
      })
    })
    run('b', () => body.end('from another scope'))
    await answered
    expect(received).toMatchObject([{ lanes: ['a'], body: 'from another scope' }])
  })

  it.each<[string, object]>([
    ['an object', { headers: { 'x-a': '1' } }],
    ['pairs in a row', { headers: ['x-a', '1', 'host', 'localhost'] }],
    ['a row with the name as a value', { headers: ['x-a', HEADER, 'host', 'localhost'] }],
    [
      'pairs',
      {
        headers: [
          ['x-a', '1'],
          ['host', 'localhost'],
        ],
      },
    ],
    ['an object with Expect', { headers: { 'x-a': '1', expect: '100-continue' } }],
  ])('H6 carries the lane beside headers given as %s', async (_, options) => {
    installHere()
    const { url, received } = await startUpstream()
    const given = structuredClone(options)
    await run('a', async () => send({ ...options, ...urlOptions(url) }))
    expect(received).toMatchObject([{ lanes: ['a'] }])
    expect(received[0]?.rawHeaders).toContain('x-a')
    expect(options).toEqual(given)
  })

  it('H4 keeps a header that the caller sets, before or after, in any case', async () => {
    const { counters } = installHere()
    const { url, received } = await startUpstream()
    await run('a', async () => send({ ...urlOptions(url), headers: { 'Project-Version': 'mine' } }))
    await run('a', async () => {
      const outgoing = request(url)
      outgoing.setHeader('PROJECT-VERSION', 'later')
      outgoing.end()
      return new Promise((resolve) => {
        outgoing.on('response', (response) => resolve(readAll(response)))
      })
    })
    expect(received.map(({ lanes }) => lanes)).toEqual([['mine'], ['later']])
    expect(counters()).toMatchObject({ kept: 2, injected: 0 })
  })

  it('H16 leaves a signed request alone', async () => {
    const { counters } = installHere()
    const { url, received } = await startUpstream()
    const headers = { authorization: 'AWS4-HMAC-SHA256 Credential=x' }
    await run('a', async () => send({ ...urlOptions(url), headers }))
    expect(received).toMatchObject([{ lanes: [] }])
    expect(counters()).toMatchObject({ withheld: 1, injected: 0 })
  })

  it('H1 keeps 30 requests apart that wait for one socket', async () => {
    installHere()
    const { url, received } = await startUpstream()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    onTestFinished(() => agent.destroy())
    const names = Array.from({ length: 30 }, (_, index) => `lane-${index}`)
    const meet = createBarrier(names.length)
    await Promise.all(
      names.map(async (lane) =>
        run(lane, async () => {
          await meet()
          return send({ ...urlOptions(url), path: `/${lane}`, agent })
        }),
      ),
    )
    expect(received.filter(({ url: path, lanes }) => lanes.join() !== path.slice(1))).toEqual([])
    expect(received).toHaveLength(names.length)
  })

  it('H1 tells each of 20 requests that wait for one socket in its scope that there is none', async () => {
    installHere()
    const agent = new Agent({ maxSockets: 1 })
    const told: unknown[][] = []
    const calls = await callAtOnce(
      async (name) =>
        new Promise<void>((resolve) => {
          request({ host: '127.0.0.1', port: 1, agent }).on('error', () => {
            told.push([name, currentLane() ?? 'none'])
            resolve()
          })
        }),
    )
    expect(told).toHaveLength(calls)
    expect(told.filter(([name, lane]) => lane !== name)).toEqual([])
  })

  it('leaves a fetch alone that has taken the place of ours', () => {
    const { fetch } = globalThis
    onTestFinished(() => {
      globalThis.fetch = fetch
    })
    const undo = install({ propagator: createPropagator() })
    const another = wrapFetch(fetch, { propagator: createPropagator() })
    globalThis.fetch = another
    undo()
    expect(globalThis.fetch).toBe(another)
  })

  it('H7 survives values and hosts that no header and no URL can hold', async () => {
    installHere()
    const { url, received } = await startUpstream()
    expect(() => request(url, { headers: { [HEADER]: 'a\r\nb: c' } })).toThrow('Invalid character')
    const bad = request({ ...urlOptions(url), host: 'a b', agent: loopbackAgent() })
    const answered = new Promise((resolve) => {
      bad.on('response', (response) => resolve(readAll(response)))
    })
    run('a', () => bad.end())
    await answered
    await run('a\r\nb: c', async () => send(url))
    expect(received.map(({ lanes }) => lanes)).toEqual([[], []])
  })
})

function urlOptions(url: string): { host: string; port: string } {
  const { hostname, port } = new URL(url)
  return { host: hostname, port }
}
