import Koa from 'koa'
import { describe, expect, it } from 'vitest'
import { createPropagator } from '../src/index.ts'
import type { InboundRequest, PropagatorOptions, Propagator } from '../src/index.ts'
import { laneMiddleware } from '../src/koa.ts'
import { listen } from './support/server.ts'

/** A Koa app at the edge, and the lane that it finds in a request with these headers. */
async function startEdge(options: PropagatorOptions): Promise<{
  propagator: Propagator
  laneOf(this: void, headers: Record<string, string>): Promise<string>
}> {
  const propagator = createPropagator(options)
  const app = new Koa()
  app.use(laneMiddleware({ propagator }))
  app.use((ctx) => {
    ctx.body = propagator.currentLane() ?? 'none'
  })
  const port = await listen(app.callback())
  return {
    propagator,
    laneOf: async (headers) => (await fetch(`http://127.0.0.1:${port}/`, { headers })).text(),
  }
}

const LANE = { 'project-version': 'release-v1' }

describe('trust', () => {
  it('H21 decides whether a request may choose its lane, and counts those that may not', async () => {
    const { laneOf, propagator } = await startEdge({
      trust: ({ headers }) => headers?.['x-staff'] === 'yes',
    })
    expect(await laneOf(LANE)).toBe('none')
    expect(await laneOf({ ...LANE, 'x-staff': 'yes' })).toBe('release-v1')
    expect(await laneOf({ 'x-staff': 'yes' })).toBe('none')
    expect(propagator.counters().dropped.untrusted).toBe(1)
  })

  it('sees the request as the framework has it, and only those with a lane', async () => {
    const seen: InboundRequest[] = []
    const { laneOf } = await startEdge({
      trust: (request) => {
        seen.push(request)
        return request.socket?.remoteAddress?.endsWith('127.0.0.1') === true
      },
    })
    expect(await laneOf({})).toBe('none')
    expect(await laneOf({ 'project-version': 'no lane' })).toBe('none')
    expect(seen).toEqual([])
    expect(await laneOf(LANE)).toBe('release-v1')
    expect(seen.map(({ method, url }) => [method, url])).toEqual([['GET', '/']])
  })

  it.each<[string, () => unknown]>([
    ['an error', () => Reflect.apply(Reflect.get, undefined, [])],
    ['a promise', async () => true],
    ['something truthy', () => 'yes'],
    ['nothing', () => undefined],
  ])('H21 takes %s for a no', async (_, trust) => {
    const options = { trust }
    const propagator: Propagator = Reflect.apply(createPropagator, undefined, [options])
    expect(propagator.receive({ headers: LANE })).toEqual({})
    expect(propagator.trusts({})).toBe(false)
    expect(propagator.counters().dropped.untrusted).toBe(1)
  })

  it('is not asked of messages, which are no requests', () => {
    const propagator = createPropagator({ trust: () => false })
    expect(propagator.extract(LANE)).toEqual(LANE)
  })

  it('leaves a request that it does not trust without the default lane and the lane around it', async () => {
    const { laneOf } = await startEdge({ trust: () => false, defaultLane: 'release-v2' })
    expect(await laneOf(LANE)).toBe('none')
  })
})

describe('the list of lanes', () => {
  it('H21, H15 lets in those that it names, in full, and counts the others', () => {
    const propagator = createPropagator({ lanes: ['release-v1', /feature-\d+/g] })
    const take = (lane: string): unknown =>
      propagator.extract({ 'project-version': lane })['project-version']
    expect(['release-v1', 'feature-1', 'feature-22'].map(take)).toEqual([
      'release-v1',
      'feature-1',
      'feature-22',
    ])
    expect(['release-v12', 'feature-1x', 'my-feature-1', 'feature-'].map(take)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    expect(propagator.counters().dropped['not-allowed']).toBe(3)
    expect(propagator.counters().dropped.pattern).toBe(1)
  })

  it('is asked before trust, by every integration', async () => {
    const { laneOf, propagator } = await startEdge({ lanes: [], trust: () => true })
    expect(await laneOf(LANE)).toBe('none')
    expect(propagator.counters().dropped).toMatchObject({ 'not-allowed': 1, untrusted: 0 })
  })

  it('is not asked of what the process itself sets', () => {
    const propagator = createPropagator({ lanes: ['release-v1'] })
    expect(propagator.run('nightly', propagator.currentLane)).toBe('nightly')
  })
})

describe('a value for one hop', () => {
  const propagator = createPropagator({ header: 'x-debug', hops: 'one' })

  it('is seen by the process that it came to, and goes no further', () => {
    const record = propagator.extract({ 'x-debug': 'on' })
    expect(Object.entries(record)).toEqual([['x-debug', 'on']])
    propagator.run(record, () => {
      expect(propagator.currentLane()).toBe('on')
      expect(propagator.outboundLane()).toBeUndefined()
      const headers = {}
      expect(propagator.inject(headers)).toBe(false)
      expect(headers).toEqual({})
    })
  })

  it('goes no further where the default lane is called the same', async () => {
    const own = createPropagator({ header: 'x-debug', hops: 'one', defaultLane: 'on' })
    const app = new Koa()
    app.use(laneMiddleware({ propagator: own }))
    app.use((ctx) => {
      ctx.body = { current: own.currentLane(), outbound: own.outboundLane() ?? 'none' }
    })
    const port = await listen(app.callback())
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { 'x-debug': 'on' } })
    expect(await response.json()).toEqual({ current: 'on', outbound: 'none' })
  })

  it('travels from the process that sets it, also to a value that came in', () => {
    const inject = (): object => {
      const headers = {}
      propagator.inject(headers)
      return headers
    }
    expect(propagator.run('on', inject)).toEqual({ 'x-debug': 'on' })
    const arrived = propagator.extract({ 'x-debug': 'on' })
    expect(propagator.run(arrived, () => propagator.run('on', inject))).toEqual({ 'x-debug': 'on' })
    expect(propagator.run('on', () => propagator.run(arrived, inject))).toEqual({})
    expect(propagator.run(arrived, () => propagator.run(null, inject))).toEqual({})
  })

  it('leaves the headers of other propagators alone', () => {
    const lanes = createPropagator()
    lanes.run('release-v1', () =>
      propagator.run(propagator.extract({ 'x-debug': 'on' }), () => {
        const headers = {}
        propagator.inject(headers)
        lanes.inject(headers)
        expect(headers).toEqual(LANE)
        lanes.run('release-v2', () => expect(propagator.outboundLane()).toBeUndefined())
      }),
    )
  })
})
