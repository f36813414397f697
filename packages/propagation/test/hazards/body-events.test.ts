import { Agent, request } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import Koa from 'koa'
import { describe, expect, it, onTestFinished } from 'vitest'
import { currentLane } from '../../src/index.ts'
import { laneMiddleware } from '../../src/koa.ts'
import { createSignal } from '../support/barrier.ts'
import type { Signal } from '../support/barrier.ts'
import { listen } from '../support/server.ts'

interface Exchange {
  readonly request: ClientRequest
  readonly response: Promise<IncomingMessage>
}

/** Sends the head of a POST; its body is the caller's to send. */
function post(port: number, lane: string | undefined, agent?: Agent): Exchange {
  const headers = lane === undefined ? {} : { 'project-version': lane }
  const outgoing = request({ port, method: 'POST', headers, ...(agent && { agent }) })
  outgoing.flushHeaders()
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.on('response', (incoming: IncomingMessage) => {
      incoming.resume()
      incoming.on('end', () => resolve(incoming))
    })
    outgoing.on('error', reject)
  })
  return { request: outgoing, response }
}

/** Notes in which lane each event of the request and the response finds its listener. */
function note(ctx: Koa.Context, seen: Record<string, string>): void {
  for (const event of ['data', 'end', 'close']) {
    ctx.req.on(event, () => {
      seen[`request ${event}`] = currentLane() ?? 'none'
    })
  }
  for (const event of ['finish', 'close']) {
    ctx.res.on(event, () => {
      seen[`response ${event}`] = currentLane() ?? 'none'
    })
  }
}

/** An app that tells when it has a request, and answers when its body is at its end. */
async function serve(
  seen: Record<string, string>,
  entered: Signal,
  when: 'before' | 'after',
): Promise<{ port: number; closed: Promise<unknown> }> {
  const closed = createSignal()
  const app = new Koa()
  app.use((ctx, next) => {
    if (when === 'before') note(ctx, seen)
    return next()
  })
  app.use(laneMiddleware())
  app.use(async (ctx) => {
    if (when === 'after') note(ctx, seen)
    ctx.res.on('close', closed.fire)
    const ended = new Promise((resolve) => {
      ctx.req.on('end', resolve)
    })
    ctx.req.resume()
    entered.fire()
    await ended
    ctx.body = 'ok'
  })
  return { port: await listen(app.callback()), closed: closed.fired }
}

describe('events of a request and its response', () => {
  it.each(['before', 'after'] as const)(
    'H9: reach listeners in the lane of the request, added %s the middleware',
    async (when) => {
      const seen: Record<string, string> = {}
      const entered = createSignal()
      const { port, closed } = await serve(seen, entered, when)
      const exchange = post(port, 'release-v1')
      // Only now the body, so that its events come from the socket and not from the first read.
      await entered.fired
      exchange.request.write('first')
      exchange.request.end('last')
      await Promise.all([exchange.response, closed])
      expect(seen).toEqual({
        'request data': 'release-v1',
        'request end': 'release-v1',
        'request close': 'release-v1',
        'response finish': 'release-v1',
        'response close': 'release-v1',
      })
    },
  )

  it('H9: stay apart on a connection that requests with and without a lane share', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    onTestFinished(() => agent.destroy())
    const seen: string[] = []
    const entered: Signal[] = []
    const sockets = new Set<unknown>()
    const app = new Koa()
    app.use(laneMiddleware())
    app.use(async (ctx) => {
      sockets.add(ctx.req.socket)
      const ended = new Promise<void>((resolve) => {
        ctx.req.on('end', () => {
          seen.push(currentLane() ?? 'none')
          resolve()
        })
      })
      ctx.req.resume()
      entered.at(-1)?.fire()
      await ended
      ctx.body = 'ok'
    })
    const port = await listen(app.callback())
    for (const lane of ['release-v1', undefined, 'release-v2', undefined]) {
      const signal = createSignal()
      entered.push(signal)
      const exchange = post(port, lane, agent)
      await signal.fired
      exchange.request.end('body')
      await exchange.response
    }
    expect(seen).toEqual(['release-v1', 'none', 'release-v2', 'none'])
    expect(sockets.size).toBe(1)
  })

  it('leave listeners removable, and `once` once', async () => {
    const calls: string[] = []
    const app = new Koa()
    const removed = (): void => {
      calls.push('removed')
    }
    app.use((ctx, next) => {
      ctx.req.on('end', removed)
      return next()
    })
    app.use(laneMiddleware())
    app.use(async (ctx) => {
      ctx.req.removeListener('end', removed)
      ctx.req.once('custom', (value: string) => calls.push(value))
      calls.push(String(ctx.req.emit('custom', 'first')), String(ctx.req.emit('custom', 'second')))
      for await (const chunk of ctx.req) calls.push(String(chunk))
      ctx.body = 'ok'
    })
    const exchange = post(await listen(app.callback()), 'release-v1')
    exchange.request.end('body')
    await exchange.response
    expect(calls).toEqual(['first', 'true', 'false', 'body'])
  })
})
