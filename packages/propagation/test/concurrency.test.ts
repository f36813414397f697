import { Agent, request } from 'node:http'
import { create } from 'axios'
import Koa from 'koa'
import { Agent as UndiciAgent, fetch as undiciFetch } from 'undici'
import { expect, it, onTestFinished } from 'vitest'
import { registerInterceptor } from '../src/axios.ts'
import { wrapFetch } from '../src/fetch.ts'
import { createPropagator } from '../src/index.ts'
import { laneMiddleware } from '../src/koa.ts'
import { createBarrier } from './support/barrier.ts'
import { listen, startUpstream } from './support/server.ts'

const REQUESTS = 1000

/** Sends one request of a lane, `lane-7`, or of none, `none-7`; the path says which. */
async function send(port: number, name: string, agent: Agent): Promise<void> {
  const headers = name.startsWith('lane-') ? { 'project-version': name } : {}
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, path: `/${name}`, headers, agent },
      (response) => {
        response.resume()
        response.on('end', resolve)
      },
    )
    outgoing.on('error', reject)
    outgoing.end()
  })
}

it(
  'H1: 1,000 concurrent requests with 1,000 lanes stay apart, through each client',
  { timeout: 60_000 },
  async () => {
    const propagator = createPropagator()
    const upstream = await startUpstream()
    const agent = new Agent({ maxSockets: Infinity })
    const pool = new Agent({ keepAlive: true, maxSockets: 20 })
    onTestFinished(() => [agent, pool].forEach((one) => one.destroy()))
    const dispatcher = new UndiciAgent({ connections: 20 })
    onTestFinished(async () => dispatcher.destroy())
    // Requests wait for a socket of these pools, and leave when another one ends.
    const fetchInLane = wrapFetch(undiciFetch, { propagator })
    const axios = create({ httpAgent: pool })
    const axiosByFetch = create({ adapter: 'fetch' })
    for (const client of [axios, axiosByFetch]) registerInterceptor(client, { propagator })
    const clients = [
      async (url: string) => axios.get(url),
      async (url: string) => axiosByFetch.get(url),
      async (url: string) => (await fetchInLane(url, { dispatcher })).text(),
    ]
    const meet = createBarrier(REQUESTS)
    const app = new Koa()
    app.use(laneMiddleware())
    app.use(async (ctx) => {
      // Nobody calls on before everybody is inside.
      await meet()
      const client = clients[Number(ctx.path.split('-')[1]) % clients.length]
      await client?.(`http://127.0.0.1:${upstream.port}${ctx.path}`)
      ctx.body = 'ok'
    })
    const port = await listen(app.callback())
    // Every tenth request comes without a lane, and must leave without one.
    const names = Array.from({ length: REQUESTS }, (_, index) =>
      index % 10 === 0 ? `none-${index}` : `lane-${index}`,
    )
    await Promise.all(names.map(async (name) => send(port, name, agent)))

    expect(upstream.received.map(({ url }) => url.slice(1)).toSorted()).toEqual(names.toSorted())
    const mixedUp = upstream.received.filter(
      ({ url, lanes }) => lanes.join() !== (url.startsWith('/lane-') ? url.slice(1) : ''),
    )
    expect(mixedUp).toEqual([])
  },
)
