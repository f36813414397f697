import { request } from 'node:http'
import { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import Koa from 'koa'
import { describe, expect, it } from 'vitest'
import { createPropagator, currentLane, run } from '../src/index.ts'
import { laneMiddleware } from '../src/koa.ts'
import { createBarrier } from './support/barrier.ts'
import { listen } from './support/server.ts'

/** Serves an app that answers its lane, or "none". */
async function serveLane(...middleware: Koa.Middleware[]): Promise<number> {
  const app = new Koa()
  for (const one of middleware) app.use(one)
  app.use((ctx) => {
    ctx.body = currentLane() ?? 'none'
  })
  return listen(app.callback())
}

/** Asks with raw header lines, which fetch cannot repeat. */
async function ask(port: number, ...lanes: readonly string[]): Promise<string> {
  return askFor('/', port, lanes)
}

async function askFor(path: string, port: number, lanes: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines = lanes.flatMap((lane) => ['Project-Version', lane])
    const headers = ['Host', 'localhost', ...lines]
    const outgoing = request({ port, path, headers }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        body += chunk
      })
      response.on('end', () => resolve(body))
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

async function* nameLaneTwice(): AsyncGenerator<string> {
  yield currentLane() ?? 'none'
  await turn()
  yield ` ${currentLane() ?? 'none'}`
}

/** What an edge service may do with a header that it does not trust. */
const distrust: Koa.Middleware = (ctx, next) => {
  delete ctx.req.headers['project-version']
  return next()
}

describe('laneMiddleware', () => {
  it('gives a request the lane of its header', async () => {
    const port = await serveLane(laneMiddleware())
    expect(await ask(port, 'release-v1')).toBe('release-v1')
    expect(await ask(port)).toBe('none')
  })

  it('is needed for it', async () => {
    expect(await ask(await serveLane(), 'release-v1')).toBe('none')
  })

  it('has a name that stack traces and debug output can print', () => {
    expect(laneMiddleware().name).toBe('propagateLane')
  })

  it.each([[''], ['a'.repeat(254)], ['two words'], ['-']])(
    'H7 serves a request with a bad value, without a lane: %j',
    async (value) => {
      expect(await ask(await serveLane(laneMiddleware()), value)).toBe('none')
    },
  )

  it('H3 takes repeated equal lines for one and different ones for none', async () => {
    const port = await serveLane(laneMiddleware())
    expect(await ask(port, 'release-v1', 'release-v1')).toBe('release-v1')
    expect(await ask(port, 'release-v1, release-v1')).toBe('release-v1')
    expect(await ask(port, 'release-v1', 'release-v2')).toBe('none')
  })

  it('heeds what earlier middleware made of the header', async () => {
    expect(await ask(await serveLane(distrust, laneMiddleware()), 'release-v1')).toBe('none')
  })

  it.each([['release-v1'], [undefined], ['two words']])(
    'H22 never lets a request inherit the scope in which the server was started: %s',
    async (lane) => {
      const port = await run('outer', () => serveLane(laneMiddleware()))
      expect(await ask(port, ...(lane === undefined ? [] : [lane]))).toBe(
        lane === 'release-v1' ? lane : 'none',
      )
    },
  )

  it('leaves the response, its errors and its order to the app', async () => {
    const app = new Koa()
    const order: string[] = []
    app.silent = true
    app.use(async (_ctx, next) => {
      order.push('before')
      await next()
      order.push('not reached')
    })
    app.use(laneMiddleware())
    app.use((ctx) => {
      order.push('inside')
      ctx.throw(418, 'short and stout')
    })
    expect(await ask(await listen(app.callback()), 'release-v1')).toBe('short and stout')
    expect(order).toEqual(['before', 'inside'])
  })

  it('works with a propagator of one\u2019s own', async () => {
    const propagator = createPropagator({ header: 'X-Lane', pattern: /[a-z]+/ })
    const port = await serveLane(laneMiddleware({ propagator }), (ctx) => {
      ctx.body = `${propagator.currentLane()} ${currentLane()}`
    })
    const headers = { 'x-lane': 'blue', 'project-version': 'release-v1' }
    const response = await fetch(`http://localhost:${port}`, { headers })
    expect(await response.text()).toBe('blue undefined')
  })

  it('H18 works once when it is used twice', async () => {
    const seen: boolean[] = []
    let emit: unknown
    const note: Koa.Middleware = (ctx, next) => {
      seen.push(emit === Reflect.get(ctx.req, 'emit'))
      emit = Reflect.get(ctx.req, 'emit')
      return next()
    }
    const port = await serveLane(note, laneMiddleware(), note, laneMiddleware(), note)
    expect(await ask(port, 'release-v1')).toBe('release-v1')
    expect(seen).toEqual([false, false, true])
  })

  it.each([
    ['koa-2', async () => (await import('koa-2')).default],
    ['koa', async () => Koa],
  ])('H9 makes a body in the lane that is only made while it is sent: %s', async (_, load) => {
    const app = new (await load())()
    app.use(laneMiddleware())
    app.use((ctx) => {
      ctx.body = Readable.from(nameLaneTwice())
    })
    const port = await listen(app.callback())
    expect(await ask(port, 'release-v1')).toBe('release-v1 release-v1')
    expect(await ask(port)).toBe('none none')
  })

  it('H9 has a web stream, and a Response, read in the lane of its request', async () => {
    const app = new Koa()
    app.use(laneMiddleware())
    app.use((ctx) => {
      const pages = nameLaneTwice()
      // With nothing read ahead, each pull comes from whoever reads.
      const body = new ReadableStream(
        {
          async pull(controller) {
            const { value, done } = await pages.next()
            if (done === true) controller.close()
            else controller.enqueue(Buffer.from(value))
          },
        },
        { highWaterMark: 0 },
      )
      ctx.body = ctx.path === '/response' ? new Response(body) : body
    })
    const port = await listen(app.callback())
    for (const path of ['/stream', '/response']) {
      expect(await askFor(path, port, ['release-v1'])).toBe('release-v1 release-v1')
      expect(await askFor(path, port, [])).toBe('none none')
    }
  })

  it('has an error told to the app in the lane of its request', async () => {
    const told: unknown[] = []
    const app = new Koa()
    app.on('error', ({ message }: Error) => void told.push([message, currentLane()]))
    app.use(laneMiddleware())
    app.use(() => {
      throw new Error('broken')
    })
    const port = await listen(app.callback())
    expect(await ask(port, 'release-v1')).toBe('Internal Server Error')
    expect(await ask(port)).toBe('Internal Server Error')
    expect(told).toEqual([
      ['broken', 'release-v1'],
      ['broken', undefined],
    ])
  })

  it('H12 keeps requests apart that are inside at the same time', async () => {
    const meet = createBarrier(3)
    const port = await serveLane(laneMiddleware(), async (_ctx, next) => {
      await meet()
      await next()
    })
    const lanes = Promise.all([ask(port, 'release-v1'), ask(port), ask(port, 'release-v2')])
    expect(await lanes).toEqual(['release-v1', 'none', 'release-v2'])
  })
})
