import { AsyncLocalStorage } from 'node:async_hooks'
import { setImmediate as turn } from 'node:timers/promises'
import express from 'express'
import type { ErrorRequestHandler } from 'express'
import { describe, expect, it } from 'vitest'
import { bind, createPropagator, currentLane, run } from '../src/index.ts'
import { listen } from './support/server.ts'

const SLOT = Symbol.for('@traffic-lanes/propagation/store@1')

describe('run', () => {
  it('keeps the lane across awaits, timers and callbacks', async () => {
    const seen = await run('release-v1', async () => {
      await turn()
      const inCallback = await new Promise((resolve) => {
        process.nextTick(() => resolve(currentLane()))
      })
      return [currentLane(), inCallback]
    })
    expect(seen).toEqual(['release-v1', 'release-v1'])
  })

  it('passes on what the function returns and what it throws', () => {
    expect(run('release-v1', () => 42)).toBe(42)
    const failure = new Error('of the app')
    const failing = (): never => {
      throw failure
    }
    expect(() => run('release-v1', failing)).toThrow(failure)
    expect(() => run(null, failing)).toThrow(failure)
  })

  it('overrides in nested scopes and returns to the outer lane', () => {
    run('release-v1', () => {
      run('release-v2', () => expect(currentLane()).toBe('release-v2'))
      expect(currentLane()).toBe('release-v1')
    })
  })

  it.each([[{}], [null], [undefined], ['not a lane'], [{ 'project-version': '' }]])(
    'clears with %j',
    (cleared) => {
      run('release-v1', () => {
        run(cleared, () => expect(currentLane()).toBeUndefined())
        expect(currentLane()).toBe('release-v1')
      })
    },
  )

  it('takes a record in any case of the name', () => {
    run({ 'Project-Version': 'release-v1' }, () => expect(currentLane()).toBe('release-v1'))
  })

  it('leaves the headers of another propagator as they are', () => {
    const other = createPropagator({ header: 'x-tenant' })
    other.run('acme', () => {
      run('release-v1', () => {
        expect([currentLane(), other.currentLane()]).toEqual(['release-v1', 'acme'])
        run(null, () => expect([currentLane(), other.currentLane()]).toEqual([undefined, 'acme']))
        other.run(null, () => expect(currentLane()).toBe('release-v1'))
      })
    })
  })

  it('says so when there is no function to call', () => {
    // What plain JavaScript may pass.
    const nothing: () => void = JSON.parse('null')
    expect(() => run('release-v1', nothing)).toThrow(
      'Expected `fn` of `run` to be a function, got null',
    )
    expect(() => bind(nothing)).toThrow('Expected `fn` of `bind` to be a function, got null')
  })
})

const answerError: ErrorRequestHandler = (error, _request, response, _next) => {
  response.send(`${String(error)} in ${currentLane()}`)
}

describe('bind', () => {
  it('captures the absence of a lane too', () => {
    const bound = bind(currentLane)
    run('release-v1', () => expect(bound()).toBeUndefined())
  })

  it('passes on arguments, `this`, result and errors', () => {
    const calculator = {
      base: 40,
      add: run('release-v1', () =>
        bind(function add(this: { base: number }, more: number): number {
          if (more < 0) throw new RangeError('negative')
          return this.base + more
        }),
      ),
    }
    expect(calculator.add(2)).toBe(42)
    expect(() => calculator.add(-1)).toThrow(RangeError)
  })

  it('looks like what it binds: express takes what has four parameters for a handler of errors', async () => {
    const app = express()
    app.get('/', () => {
      throw new Error('broken')
    })
    app.use(run('release-v1', () => bind(answerError)))
    const response = await fetch(`http://localhost:${await listen(app)}/`)
    expect(await response.text()).toBe('Error: broken in release-v1')
  })
})

describe('a value that somebody else put into the store', () => {
  it.each(['a\r\nx-injected: 1', '', 'a b', 'a'.repeat(254)])(
    'H7 is not passed on: %j',
    (value) => {
      run('release-v1', () => {
        const store: unknown = Reflect.get(globalThis, SLOT)
        if (!(store instanceof AsyncLocalStorage)) throw new Error('There is no store')
        const propagator = createPropagator()
        store.run({ 'project-version': value }, () => {
          const headers = {}
          expect(propagator.currentLane()).toBeUndefined()
          expect(propagator.inject(headers)).toBe(false)
          expect(headers).toEqual({})
        })
        const { dropped } = propagator.counters()
        expect(Object.values(dropped).reduce((sum, count) => sum + count)).toBe(1)
      })
    },
  )
})
