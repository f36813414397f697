import { describe, expect, it } from 'vitest'
import { ask, otherwise, shop } from './world.ts'

const withRule = (rest: string) =>
  ask(shop([`{ ${rest}, route: [{ destination: { host: shop, subset: a } }] }`]), 'http://shop/')

describe('retries', () => {
  const standard = [
    'connect-failure',
    'refused-stream',
    'unavailable',
    'cancelled',
    'retriable-status-codes',
  ]

  it('are Istio’s own where a rule has none', () => {
    const expected = { attempts: 2, perTryTimeout: null, on: standard, statuses: [] }
    expect(ask(shop([otherwise('a')]), 'http://shop/').retries).toEqual(expected)
  })

  it('are none for 0 attempts, or where attempts are not said', () => {
    expect(withRule('retries: { attempts: 0 }').retries).toBeNull()
    expect(withRule('retries: {}').retries).toBeNull()
  })

  it('replace Istio’s, and keep its conditions where they name none', () => {
    expect(withRule('retries: { attempts: 3, perTryTimeout: 2s }').retries).toEqual({
      attempts: 3,
      perTryTimeout: 2000,
      on: standard,
      statuses: [],
    })
  })

  it.each([
    ['5xx,reset', ['5xx', 'reset'], []],
    ['gateway-error,503', ['gateway-error', 'retriable-status-codes'], [503]],
    ['retriable-status-codes,502,503', ['retriable-status-codes'], [502, 503]],
  ])('on %s are on %j and %j', (retryOn, on, statuses) => {
    expect(withRule(`retries: { attempts: 1, retryOn: "${retryOn}" }`).retries).toEqual({
      attempts: 1,
      perTryTimeout: null,
      on,
      statuses,
    })
  })
})

describe('timeout', () => {
  it.each([
    ['10s', 10_000],
    ['1.5s', 1500],
    ['250ms', 250],
    ['1m30s', 90_000],
    ['1h', 3_600_000],
  ])('of %s is %s milliseconds', (written, ms) => {
    expect(withRule(`timeout: ${written}`).timeout).toBe(ms)
  })

  it('is none where a rule has none', () => {
    expect(ask(shop([otherwise('a')]), 'http://shop/').timeout).toBeNull()
  })

  it('is of no account where no cluster answers', () => {
    const decision = ask(
      shop(['{ timeout: 1s, route: [{ destination: { host: shop, subset: gone } }] }']),
      'http://shop/',
    )
    expect(decision).toMatchObject({ timeout: null, outcome: { flags: ['NC'] } })
  })
})
