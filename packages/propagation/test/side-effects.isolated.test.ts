import { AsyncLocalStorage } from 'node:async_hooks'
import Koa from 'koa'
import { expect, it } from 'vitest'
import { listen } from './support/server.ts'

const SLOT = Symbol.for('@traffic-lanes/propagation/store@1')

it('changes nothing global when it is imported', async () => {
  const before = Reflect.ownKeys(globalThis)
  const fetch = globalThis.fetch
  await Promise.all([
    import('../src/index.ts'),
    import('../src/koa.ts'),
    import('../src/axios.ts'),
    import('../src/fetch.ts'),
    import('../src/connect.ts'),
    import('../src/server.ts'),
    import('../src/log.ts'),
    import('../src/opentelemetry.ts'),
    import('../src/testing.ts'),
    import('../src/trail.ts'),
    import('../src/install.ts'),
  ])
  expect(Reflect.ownKeys(globalThis)).toEqual(before)
  expect(globalThis.fetch).toBe(fetch)
})

it('H11 opens no scope for a request without a lane, and adopts the store that is there', async () => {
  let scopes = 0
  class CountingStore extends AsyncLocalStorage<unknown> {
    override run<R, A extends unknown[]>(store: unknown, fn: (...args: A) => R, ...args: A): R {
      scopes += 1
      return super.run(store, fn, ...args)
    }
  }
  Reflect.defineProperty(globalThis, SLOT, { value: new CountingStore() })
  const { currentLane, run } = await import('../src/index.ts')
  const { laneMiddleware } = await import('../src/koa.ts')
  const app = new Koa()
  app.use(laneMiddleware())
  app.use((ctx) => {
    // Nothing is bound either, where there is no lane.
    const isBound = Object.hasOwn(ctx.req, 'emit')
    ctx.body = isBound ? `bound to ${currentLane()}` : (currentLane() ?? 'none')
  })
  const port = await listen(app.callback())
  const get = async (headers: Record<string, string>): Promise<string> =>
    (await fetch(`http://localhost:${port}`, { headers })).text()

  expect(await get({})).toBe('none')
  expect(await get({ 'project-version': 'not a lane' })).toBe('none')
  for (const none of [null, {}, '', 'not a lane']) expect(run(none, currentLane)).toBeUndefined()
  expect(scopes).toBe(0)
  expect(await get({ 'project-version': 'release-v1' })).toBe('bound to release-v1')
  expect(scopes).toBeGreaterThan(0)
})
