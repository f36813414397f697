import { AssertionError } from 'node:assert'
import { create } from 'axios'
import Koa from 'koa'
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import nock from 'nock'
import supertest from 'supertest'
import { request as undiciRequest } from 'undici'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { registerInterceptor } from '../../src/axios.ts'
import { laneFetch } from '../../src/fetch.ts'
import { laneMiddleware } from '../../src/koa.ts'
import { expectLanes, startUpstream, watchLanes } from '../../src/testing.ts'
import type { FakeUpstream, LaneWatch } from '../../src/testing.ts'

// It is active from its import on, and tests of other files run in this process.
nock.restore()

const client = create()
registerInterceptor(client)
const THIRD_PARTY = 'https://api.example.com/charge'

const callInside = async (): Promise<unknown> => client.get('http://testbbb.test-istio/')

/** An app that makes these calls for each request. */
function createApp(...calls: ReadonlyArray<() => Promise<unknown>>): ReturnType<Koa['callback']> {
  const app = new Koa()
  app.use(laneMiddleware())
  app.use(async (ctx) => {
    await Promise.all(calls.map(async (call) => call()))
    ctx.body = 'ok'
  })
  return app.callback()
}

async function upstream(): Promise<FakeUpstream> {
  const started = await startUpstream()
  onTestFinished(started.close)
  return started
}

function watch(): LaneWatch {
  const watching = watchLanes()
  onTestFinished(watching.stop)
  return watching
}

async function send(app: ReturnType<Koa['callback']>, lane?: string): Promise<void> {
  const sent = supertest(app).get('/').expect(200)
  await (lane === undefined ? sent : sent.set('project-version', lane))
}

function messageOf(act: () => void): string {
  try {
    act()
  } catch (error) {
    if (error instanceof AssertionError) return error.message.replaceAll(/:\d{4,5}/g, ':PORT')
  }
  throw new Error('Nothing was thrown')
}

afterEach(() => {
  nock.cleanAll()
  nock.restore()
})

describe('a fake upstream', () => {
  it('is satisfied by an app that carries the lane, and by one that has none to carry', async () => {
    const testbbb = await upstream()
    const app = createApp(
      async () => client.get(testbbb.url),
      async () => laneFetch(testbbb.url),
    )
    await send(app, 'release-v1')
    expectLanes(testbbb, 'release-v1')
    expect(testbbb.calls).toHaveLength(2)
    const other = await upstream()
    await send(createApp(async () => client.get(other.url)))
    expectLanes(other, null)
  })

  it('names the calls that lost it', async () => {
    const testbbb = await upstream()
    const app = createApp(
      async () => client.get(`${testbbb.url}/cart`),
      async () => fetch(`${testbbb.url}/user`),
    )
    await send(app, 'release-v1')
    expect(messageOf(() => expectLanes(testbbb, 'release-v1'))).toBe(
      '1 of 2 calls is wrong:\n  GET http://127.0.0.1:PORT/user carried no lane, expected "release-v1"',
    )
  })

  it('does not take silence for success', async () => {
    const testbbb = await upstream()
    expect(messageOf(() => expectLanes(testbbb, 'release-v1'))).toBe(
      'Expected calls that carry a lane or not, but none was made',
    )
  })

  it('answers as it is told', async () => {
    const started = await startUpstream({
      answer: (_request, response) => void response.writeHead(418).end('tea'),
    })
    const response = await fetch(`${started.url}/x`, { method: 'PUT' })
    expect([response.status, await response.text()]).toEqual([418, 'tea'])
    expect(started.calls[0]).toMatchObject({
      method: 'PUT',
      url: `${started.url}/x`,
      internal: true,
    })
    await started.close()
    await expect(fetch(started.url)).rejects.toThrow(TypeError)
  })
})

describe('a watch of the process', () => {
  it('sees every client, each hop of a redirect, and changes nothing', async () => {
    const testbbb = await startUpstream({
      answer: (request, response) =>
        void response.writeHead(request.url === '/' ? 200 : 302, { location: '/' }).end(),
    })
    onTestFinished(testbbb.close)
    const { calls } = watch()
    const app = createApp(
      async () => client.get(`${testbbb.url}/axios`),
      async () => laneFetch(`${testbbb.url}/fetch`),
      async () => undiciRequest(`${testbbb.url}/undici`),
    )
    await send(app, 'release-v1')
    const seen = calls.map(({ method, url, lane }) => `${method} ${new URL(url).pathname} ${lane}`)
    expect(seen.slice(0, 1)).toEqual(['GET / release-v1'])
    expect(seen.toSorted()).toEqual([
      'GET / release-v1',
      'GET / release-v1',
      'GET / release-v1',
      'GET /axios release-v1',
      'GET /fetch release-v1',
      'GET /undici undefined',
    ])
    expect(testbbb.calls).toHaveLength(5)
  })

  it('works with nock, and finds what leaks to a third party', async () => {
    nock.activate()
    nock('https://api.example.com').get('/charge').times(2).reply(200)
    nock('http://testbbb.test-istio').get('/').reply(200, 'ok')
    const watching = watch()
    await send(
      createApp(callInside, async () => client.get(THIRD_PARTY)),
      'release-v1',
    )
    expectLanes(watching, 'release-v1')
    expect(watching.calls.map(({ internal }) => internal)).toContain(false)

    const headers = { 'project-version': 'release-v1' }
    await send(
      createApp(async () => client.get(THIRD_PARTY, { headers })),
      'release-v1',
    )
    expect(messageOf(() => expectLanes(watching, 'release-v1'))).toBe(
      '1 of 5 calls is wrong:\n  GET https://api.example.com/charge carried "release-v1", which must not leave: "api.example.com" is neither in the cluster nor this machine, and no entry of `targets` allows it',
    )
  })

  it('works with msw, for node:http and fetch', async () => {
    const server = setupServer(
      http.get('http://testbbb.test-istio/', () => HttpResponse.text('ok')),
      http.get(THIRD_PARTY, () => HttpResponse.text('ok')),
    )
    server.listen({ onUnhandledRequest: 'bypass' })
    onTestFinished(() => server.close())
    const watching = watchLanes()
    const app = createApp(
      async () => client.get('http://testbbb.test-istio/'),
      async () => laneFetch('http://testbbb.test-istio/'),
      async () => laneFetch(THIRD_PARTY),
      async () => client.get(THIRD_PARTY),
    )
    await send(app, 'release-v1')
    watching.stop()
    expectLanes(watching, 'release-v1')
    expect(watching.calls.filter(({ internal }) => !internal)).toHaveLength(2)
    expect(watching.calls.filter(({ internal }) => internal)).toHaveLength(3)
  })

  it('leaves bodies, errors and odd calls of fetch to fetch', async () => {
    const testbbb = await startUpstream({
      answer: (request, response) => void request.pipe(response),
    })
    onTestFinished(testbbb.close)
    const watching = watch()
    const request = new Request(`${testbbb.url}/a#part`, { method: 'POST', body: 'some body' })
    expect(await (await fetch(request)).text()).toBe('some body')
    await expect(fetch('no url')).rejects.toThrow(TypeError)
    expect(watching.calls.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `POST ${testbbb.url}/a`,
    ])
  })

  it('stops, and puts fetch back', () => {
    const before = globalThis.fetch
    const { stop } = watchLanes()
    expect(globalThis.fetch).not.toBe(before)
    stop()
    expect(globalThis.fetch).toBe(before)
  })
})
