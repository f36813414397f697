import { AsyncLocalStorage } from 'node:async_hooks'
import { channel } from 'node:diagnostics_channel'
import { connect } from 'node:net'
import express from 'express'
import { expect, it } from 'vitest'
import { wrapFetch } from '../../src/fetch.ts'
import { bind, createPropagator } from '../../src/index.ts'
import { parseTrail, trailConnect } from '../../src/trail.ts'
import { createSignal } from '../support/barrier.ts'
import { listen } from '../support/server.ts'

/** The record that is active now, straight from the process-wide store. */
function activeRecord(): unknown {
  const store: unknown = Reflect.get(globalThis, Symbol.for('@traffic-lanes/propagation/store@1'))
  return store instanceof AsyncLocalStorage ? store.getStore() : undefined
}

/** How many requests have a trail that is being collected. */
function collecting(): unknown {
  const found: unknown = Reflect.get(globalThis, Symbol.for('@traffic-lanes/propagation/trails@1'))
  return found instanceof Map ? found.size : 0
}

it('H10: a trail is held by no scope but by a text, and by nothing once the request is over', async () => {
  const records: Array<() => unknown> = []
  const aborted = createSignal()
  const app = express()
  app.use(trailConnect({ service: 'a', version: 'v' }))
  app.use((request, response) => {
    records.push(bind(activeRecord))
    if (request.url === '/answered') response.end('ok')
    else response.on('close', aborted.fire)
  })
  const before = collecting()
  const port = await listen(app)
  const headers = { 'project-version': 'release-v1' }
  await (await fetch(`http://localhost:${port}/answered`, { headers })).text()
  const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'))
  while (records.length < 2) await new Promise(setImmediate)
  expect(collecting()).toBe(Number(before) + 1)
  socket.destroy()
  await aborted.fired
  const held = records.map((record) => Object.entries(Object(record())))
  expect(held).toEqual([
    [
      ['project-version', 'release-v1'],
      ['lanes-trail', expect.any(String)],
    ],
    [['lanes-trail', expect.any(String)]],
  ])
  expect(collecting()).toBe(before)
})

it('H10: a request that calls without end has no more than 1,000 calls in its trail', async () => {
  const headers = { 'lanes-trail': 'b@v' }
  const call = wrapFetch(async (url: string): Promise<Response> => new Response(url, { headers }))
  const app = express()
  app.use(trailConnect({ service: 'a', version: 'v' }))
  app.use(async (_request, response) => {
    for (let index = 0; index < 1001; index += 1) {
      headers['lanes-trail'] = `b@${index}`
      await call('http://testbbb/')
    }
    response.end('ok')
  })
  const answer = await fetch(`http://localhost:${await listen(app)}/`)
  const trail = parseTrail(answer.headers.get('lanes-trail') ?? '')
  expect(Number(trail?.calls.length) + Number(trail?.more)).toBe(1000)
})

it('H10: of all the lanes that anyone may send, no more than 1,000 are kept', () => {
  const { extract } = createPropagator()
  const first = extract({ 'project-version': 'lane-0' })
  expect(extract({ 'project-version': 'lane-0' })).toBe(first)
  for (let index = 1; index <= 1000; index += 1) extract({ 'project-version': `lane-${index}` })
  expect(extract({ 'project-version': 'lane-0' })).not.toBe(first)
})

it('H10: of all the origins that redirects lead to, no more than 1,000 are kept', async () => {
  // A header that no other test has guarded.
  const propagator = createPropagator({ header: 'x-kept-lane' })
  const own = wrapFetch(async (_url: string) => 'ok', { propagator })
  await propagator.run('a', async () => own('http://testbbb/'))
  const request = { origin: 'http://testbbb', method: 'GET', path: '/' }
  const redirect = (host: string): void => {
    const response = { statusCode: 302, headers: ['location', `http://${host}/`] }
    const redirected = { ...request, headers: ['x-kept-lane', 'a'] }
    channel('undici:request:headers').publish({ request: redirected, response })
  }
  const follow = (host: string): unknown => {
    const headers = ['x-kept-lane', 'a']
    const next = { ...request, origin: `http://${host}`, headers }
    channel('undici:request:create').publish({ request: next })
    return headers
  }
  redirect('first.example.com')
  expect(follow('first.example.com')).toEqual([])
  for (let index = 0; index < 1000; index += 1) redirect(`host-${index}.example.com`)
  expect(follow('host-999.example.com')).toEqual([])
  expect(follow('first.example.com')).toEqual(['x-kept-lane', 'a'])
})
