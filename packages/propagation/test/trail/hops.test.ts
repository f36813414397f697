import { once } from 'node:events'
import { createServer, get, request as send } from 'node:http'
import { create } from 'axios'
import express from 'express'
import Koa from 'koa'
import { describe, expect, it, onTestFinished } from 'vitest'
import { registerInterceptor } from '../../src/axios.ts'
import { laneFetch, wrapFetch } from '../../src/fetch.ts'
import { createPropagator, run } from '../../src/index.ts'
import { install } from '../../src/install.ts'
import { laneMiddleware } from '../../src/koa.ts'
import { findLoss, trailConnect, trailMiddleware } from '../../src/trail.ts'
import type { TrailOptions } from '../../src/trail.ts'
import { createBarrier, createSignal } from '../support/barrier.ts'
import { listen } from '../support/server.ts'
import { readAll } from '../support/wire.ts'

type Calls = () => Promise<unknown>

const client = create()
registerInterceptor(client)
const byAxios = async (url: string): Promise<unknown> => client.get(url)
const byFetch = async (url: string): Promise<unknown> => (await laneFetch(url)).text()
const byHttp = async (url: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    get(url, (response) => resolve(readAll(response))).on('error', reject)
  })

/** A Koa service that tells its trail and makes these calls for each request. */
async function startHop(
  service: string,
  calls: Calls = async () => null,
  options: Partial<TrailOptions> = {},
): Promise<string> {
  const app = new Koa()
  app.silent = true
  app.use(laneMiddleware())
  app.use(trailMiddleware({ service, version: 'v', ...options }))
  app.use(async (ctx) => {
    await calls()
    ctx.body = 'ok'
  })
  return `http://127.0.0.1:${await listen(app.callback())}/`
}

async function trailOf(url: string, lane?: string): Promise<string | null> {
  const response = await fetch(
    url,
    lane === undefined ? {} : { headers: { 'project-version': lane } },
  )
  await response.text()
  return response.headers.get('lanes-trail')
}

describe('lanes-trail', () => {
  it.each([
    ['axios', byAxios],
    ['fetch', byFetch],
  ])('names the hops of a request, by %s, with and without a lane', async (_, call) => {
    const c = await startHop('c')
    const b = await startHop('b', async () => call(c))
    const a = await startHop('a', async () => call(b))
    expect(await trailOf(a, 'v1')).toBe('a@v > b@v > c@v; lane=v1')
    expect(await trailOf(a)).toBe('a@v > b@v > c@v')
  })

  it('merges parallel calls, in the order in which they were made, whatever is answered first', async () => {
    const all = createBarrier(3)
    const c = await startHop('c', all)
    const b = await startHop('b', async () => {
      await all()
      await byFetch(c2)
    })
    const c2 = await startHop('d')
    const a = await startHop('a', async () => Promise.all([byFetch(b), byFetch(c), byAxios(c)]))
    expect(await trailOf(a, 'v1')).toBe('a@v > [b@v > d@v, c@v]; lane=v1')
  })

  it('says where the lane was lost, by a client that does not carry it', async () => {
    const c = await startHop('c')
    const b = await startHop('b', async () => Promise.all([byAxios(c), byHttp(c)]))
    const a = await startHop('a', async () => byFetch(b))
    const trail = await trailOf(a, 'v1')
    expect(trail).toBe('a@v > b@v > [c@v, c@v (no lane)]; lane=v1')
    expect(findLoss(trail)).toEqual({ from: 'b@v', to: 'c@v', lane: 'v1', got: undefined })
  })

  it('says where another lane came in its place, or one that nobody sent', async () => {
    const b = await startHop('b')
    const a = await startHop('a', async () => run('v2', async () => byFetch(b)))
    expect(await trailOf(a, 'v1')).toBe('a@v > b@v (lane=v2); lane=v1')
    expect(await trailOf(a)).toBe('a@v > b@v (lane=v2)')
  })

  it('keeps those of concurrent requests apart', async () => {
    const together = createBarrier(40)
    const hops = await Promise.all(['b', 'c'].map(async (name) => startHop(name, together)))
    const a = await startHop('a', async () => Promise.all(hops.map(byAxios)))
    const lanes = Array.from({ length: 20 }, (_, index) => `v${index}`)
    expect(await Promise.all(lanes.map(async (lane) => trailOf(a, lane)))).toEqual(
      lanes.map((lane) => `a@v > [b@v, c@v]; lane=${lane}`),
    )
  })

  it('H21 is never taken from a third party, a redirect to one included', async () => {
    const outside = await listen((_request, response) => {
      response.setHeader('lanes-trail', 'spy@1').end()
    })
    const spy = `http://[::ffff:127.0.0.1]:${outside}/`
    const redirecting = await listen((_request, response) => {
      response.writeHead(302, { location: spy, 'lanes-trail': 'b@v' }).end()
    })
    const calls = [byAxios, byFetch].flatMap((call) => [
      async () => call(spy),
      async () => call(`http://127.0.0.1:${redirecting}/`),
    ])
    const a = await startHop('a', async () => Promise.all(calls.map(async (call) => call())))
    // What axios was redirected by is inside; fetch shows only where it ended.
    expect(await trailOf(a)).toBe('a@v > b@v')
  })

  it('H21 never goes to a request that is not trusted', async () => {
    const propagator = createPropagator({ trust: ({ headers }) => headers?.['x-staff'] === 'yes' })
    const a = await startHop('a', undefined, { propagator })
    expect(await trailOf(a, 'v1')).toBeNull()
    const staff = await fetch(a, { headers: { 'x-staff': 'yes', 'project-version': 'v1' } })
    expect(staff.headers.get('lanes-trail')).toBe('a@v; lane=v1')
  })

  it('H21 never goes to one by an app that passes on the head of another service', async () => {
    const propagator = createPropagator({ trust: () => false })
    const b = await startHop('b')
    const tell = trailConnect({ service: 'e', version: 'v', propagator })
    const port = await listen((request, response) => {
      tell(request, response, () => {
        get(b, (answer) => {
          response.writeHead(200, request.url === '/list' ? answer.rawHeaders : answer.headers)
          answer.pipe(response)
        })
      })
    })
    expect(await trailOf(`http://127.0.0.1:${port}/list`)).toBeNull()
    expect(await trailOf(`http://127.0.0.1:${port}/record`)).toBeNull()
  })

  it('leaves a failure of fetch that nobody handles to the process', async () => {
    const others = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    onTestFinished(() => {
      process.removeAllListeners('unhandledRejection')
      for (const listener of others) process.on('unhandledRejection', listener)
    })
    const told = new Promise((resolve) => process.once('unhandledRejection', resolve))
    const a = await startHop('a', async () => {
      void wrapFetch(fetch)('http://127.0.0.1:1/')
      await told
    })
    expect(await trailOf(a, 'v1')).toBe('a@v; lane=v1')
    expect(await told).toEqual(new TypeError('fetch failed'))
  })

  it('never goes out with a request', async () => {
    const names: string[] = []
    const b = await listen((request, response) => {
      names.push(...Object.keys(request.headers))
      response.end()
    })
    const a = await startHop('a', async () => byAxios(`http://127.0.0.1:${b}/`))
    expect(await trailOf(a, 'v1')).toBe('a@v; lane=v1')
    expect(names).toContain('project-version')
    expect(names).not.toContain('lanes-trail')
  })

  it('leaves out what is no trail, and calls that are not answered in time', async () => {
    const b = await listen((_request, response) => {
      response.setHeader('lanes-trail', 'what <b>is</b> this').end()
    })
    const never = createBarrier(2)
    const c = await startHop('c', never)
    const calls = async (): Promise<unknown> => {
      void byFetch(c)
      return byFetch(`http://127.0.0.1:${b}/`)
    }
    expect(await trailOf(await startHop('a', calls))).toBe('a@v')
    await never()
  })

  it('comes with an error, with express, and from a head that the app writes itself', async () => {
    const app = express()
    app.use(trailConnect({ service: 'e', version: 'v' }))
    app.get('/own', (_request, response) => void response.writeHead(201, { 'x-own': '1' }).end())
    const base = `http://127.0.0.1:${await listen(app)}`
    expect(await trailOf(`${base}/own`, 'v1')).toBe('e@v; lane=v1')
    expect(await trailOf(`${base}/missing`)).toBe('e@v')
    const failing = await startHop('f', async () => Reflect.apply(Reflect.get, undefined, []))
    expect(await trailOf(failing)).toBe('f@v')
  })

  it.each([
    [
      'pairs',
      [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ],
    ],
    ['a list', ['set-cookie', 'a=1', 'set-cookie', 'b=2', 'Lanes-Trail', 'b@v']],
    ['a record', { 'set-cookie': ['a=1', 'b=2'], 'Lanes-Trail': 'b@v' }],
  ])('leaves a head to the app that is %s', async (_, head) => {
    const calls = trailConnect({ service: 'e', version: 'v' })
    const port = await listen((request, response) => {
      calls(request, response, () => {
        Reflect.apply(Reflect.get(response, 'writeHead'), response, [200, 'Fine', head])
        response.end()
      })
    })
    const { headers, statusText } = await fetch(`http://127.0.0.1:${port}/`)
    expect(statusText).toBe('Fine')
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(headers.get('lanes-trail')).toBe('e@v')
  })

  it('tells the same trail again where the head cannot be written at first', async () => {
    const b = await startHop('b')
    const app = express()
    app.use(trailConnect({ service: 'e', version: 'v' }))
    app.get('/', async (_request, response) => {
      await byFetch(b)
      try {
        response.writeHead(200, { 'x-bad': 'a\nb' })
      } catch {
        response.status(500).end()
      }
    })
    expect(await trailOf(`http://127.0.0.1:${await listen(app)}/`)).toBe('e@v > b@v')
  })

  it('H18 works once, beside install, which tells it for any server and any client of node:http', async () => {
    onTestFinished(install({ trail: { service: 'whole', version: '1' } }))
    const c = await startHop('c')
    const server = createServer((_request, response) => {
      void byHttp(c).then(() => response.end())
    })
    const port = await new Promise<number>((resolve) => {
      server.listen(0, () => resolve(Number(Reflect.get(Object(server.address()), 'port'))))
    })
    onTestFinished(() => void server.close())
    expect(await trailOf(`http://127.0.0.1:${port}/`, 'v1')).toBe('whole@1 > whole@1; lane=v1')
  })

  it('H9 names the call that an event of the body makes, which comes from the connection', async () => {
    const b = await startHop('b')
    const begun = createSignal()
    const tell = trailConnect({ service: 'a', version: 'v' })
    const port = await listen((request, response) => {
      tell(request, response, () => {
        request.resume().on('end', () => void byFetch(b).then(() => response.end()))
        begun.fire()
      })
    })
    const outgoing = send({ port, method: 'POST', headers: { 'content-length': 4 } })
    outgoing.flushHeaders()
    await begun.fired
    outgoing.end('body')
    const [response]: unknown[] = await once(outgoing, 'response')
    expect(Reflect.get(Object(response), 'headers')).toMatchObject({ 'lanes-trail': 'a@v > b@v' })
  })

  it('H18 is told once by a service that has it twice, with its calls', async () => {
    const b = await startHop('b')
    onTestFinished(install({ trail: { service: 'whole', version: '1' } }))
    const a = await startHop('a', async () => byAxios(b))
    expect(await trailOf(a, 'v1')).toBe('whole@1 > whole@1; lane=v1')
  })

  it.each([
    [
      { service: '', version: 'v' },
      'Expected `service` to be 1 to 63 letters, digits and -._/, got ""',
    ],
    [
      { service: 'a b', version: 'v' },
      'Expected `service` to be 1 to 63 letters, digits and -._/, got "a b"',
    ],
    [{ service: 'a' }, 'Expected `version` to be 1 to 253 letters, digits and -._/, got undefined'],
  ])('refuses %o', (options, message) => {
    expect(() => {
      Reflect.apply(trailMiddleware, undefined, [options])
    }).toThrow(new TypeError(message))
  })
})
