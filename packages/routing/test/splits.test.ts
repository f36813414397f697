import { describe, expect, it } from 'vitest'
import { ask, otherwise, shop, subset, target } from './world.ts'

/** A source of numbers that gives these and then fails. */
function draws(...numbers: readonly number[]): () => number {
  const left = [...numbers]
  return () => {
    const next = left.shift()
    if (next === undefined) throw new Error('Nothing more may be drawn.')
    return next
  }
}

const split = (a: number, b: number) =>
  shop([
    `{ route: [{ destination: { host: shop, subset: a }, weight: ${a} }, { destination: { host: shop, subset: b }, weight: ${b} }] }`,
  ])

const one = (weight: number) =>
  shop([`{ route: [{ destination: { host: shop, subset: a }, weight: ${weight} }] }`])

describe('weights', () => {
  it.each([
    [0, 'a'],
    [0.199_999, 'a'],
    [0.2, 'b'],
    [0.999_999, 'b'],
  ])('of 20 and 80, with %d drawn, choose %s', (drawn, expected) => {
    expect(subset(ask(split(20, 80), 'http://shop/', { random: draws(drawn) }))).toBe(expected)
  })

  it('need not add up to 100', () => {
    expect(subset(ask(split(1, 3), 'http://shop/', { random: draws(0.249) }))).toBe('a')
    expect(subset(ask(split(1, 3), 'http://shop/', { random: draws(0.25) }))).toBe('b')
  })

  it('of 0 drop their destination, and a single one left is not drawn for', () => {
    const decision = ask(split(0, 5), 'http://shop/', { random: draws() })
    expect(subset(decision)).toBe('b')
    expect(decision.outcome).toMatchObject({
      weights: [{ cluster: 'outbound|80|b|shop.shop.svc.cluster.local', weight: 5 }],
    })
  })

  it('do not matter to a single destination', () => {
    for (const weight of [0, 30]) {
      const decision = ask(one(weight), 'http://shop/', { random: draws() })
      expect(decision.outcome).toMatchObject({
        subset: 'a',
        weights: [{ cluster: 'outbound|80|a|shop.shop.svc.cluster.local', weight: 100 }],
      })
    }
  })

  it('are all shown, whichever was drawn', () => {
    const { outcome } = ask(split(20, 80), 'http://shop/', { random: draws(0.5) })
    expect(outcome).toMatchObject({
      weights: [
        { cluster: 'outbound|80|a|shop.shop.svc.cluster.local', weight: 20 },
        { cluster: 'outbound|80|b|shop.shop.svc.cluster.local', weight: 80 },
      ],
    })
  })

  it('are drawn by Math.random where nothing else is given', () => {
    const mesh = split(50, 50)
    const chosen = new Set(Array.from({ length: 100 }, () => subset(ask(mesh, 'http://shop/'))))
    expect([...chosen].toSorted()).toEqual(['a', 'b'])
  })
})

const faulty = (fault: string, rest = 'route: [{ destination: { host: shop, subset: a } }]') =>
  shop([`{ fault: ${fault}, ${rest} }`])

const abort = (percent: string) =>
  faulty(`{ abort: { httpStatus: 418, percentage: { value: ${percent} } } }`)

describe('faults', () => {
  it.each([
    ['100', 0.999_999, true],
    ['50', 0.499_999, true],
    ['50', 0.5, false],
    ['0.0001', 0.000_000_9, true],
    ['0.0001', 0.000_001, false],
    ['0', 0, false],
  ])('abort %s%% of requests: with %d drawn, %s', (percent, drawn, hit) => {
    const decision = ask(abort(percent), 'http://shop/', { random: draws(drawn) })
    expect(decision.fault?.abort).toEqual({ status: 418, percent: Number(percent), hit })
    expect(target(decision) === '418 FI').toBe(hit)
  })

  it('answer in the place of the route', () => {
    expect(ask(abort('100'), 'http://shop/')).toMatchObject({
      route: { index: 0 },
      outcome: {
        kind: 'respond',
        status: 418,
        body: 'fault filter abort',
        flags: ['FI'],
        detail: 'fault_filter_abort',
        cluster: 'outbound|80|a|shop.shop.svc.cluster.local',
        subset: 'a',
      },
    })
  })

  it('hit no request where no percentage is given', () => {
    expect(subset(ask(faulty('{ abort: { httpStatus: 500 } }'), 'http://shop/'))).toBe('a')
    const { fault } = ask(faulty('{ delay: { fixedDelay: 5s } }'), 'http://shop/')
    expect(fault).toEqual({ delay: { ms: 5000, percent: 0, hit: false }, abort: null })
  })

  it('delay, and leave the outcome', () => {
    const mesh = faulty('{ delay: { fixedDelay: 250ms, percent: 10 } }')
    const decision = ask(mesh, 'http://shop/', { random: draws(0.05) })
    expect(decision.fault).toEqual({ delay: { ms: 250, percent: 10, hit: true }, abort: null })
    expect(subset(decision)).toBe('a')
  })

  it('draw the cluster first, then the delay, then the abort', () => {
    const mesh = shop([
      `{ fault: { delay: { fixedDelay: 1s, percentage: { value: 50 } }, abort: { httpStatus: 500, percentage: { value: 50 } } },
          route: [{ destination: { host: shop, subset: a }, weight: 50 }, { destination: { host: shop, subset: b }, weight: 50 }] }`,
    ])
    const hit = ask(mesh, 'http://shop/', { random: draws(0.9, 0.1, 0.2) })
    expect(hit.outcome).toMatchObject({ flags: ['DI', 'FI'], subset: 'b' })
    const missed = ask(mesh, 'http://shop/', { random: draws(0.1, 0.6, 0.7) })
    expect(missed.outcome).toMatchObject({ kind: 'forward', subset: 'a' })
  })

  it('are absent where the rule has none', () => {
    expect(ask(shop([otherwise('a')]), 'http://shop/').fault).toBeNull()
  })
})
