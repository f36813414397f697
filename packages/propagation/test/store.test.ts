import { AsyncLocalStorage } from 'node:async_hooks'
import { setImmediate as turn } from 'node:timers/promises'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { bind, createPropagator, currentLane, run } from '../src/index.ts'
import { createBarrier } from './support/barrier.ts'

const SLOT = Symbol.for('@traffic-lanes/propagation/store@1')

/** The record that is active now, straight from the process-wide store. */
function activeRecord(): unknown {
  const store: unknown = Reflect.get(globalThis, SLOT)
  return store instanceof AsyncLocalStorage ? store.getStore() : undefined
}

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

  it('H8 leaves nothing behind in the caller, before or after an await', async () => {
    const running = run('release-v1', async () => {
      await turn()
      return currentLane()
    })
    expect(currentLane()).toBeUndefined()
    await running
    expect(currentLane()).toBeUndefined()
    await turn()
    expect(currentLane()).toBeUndefined()
  })

  it('H10 stores nothing but a small frozen record', () => {
    run('release-v1', () => {
      expect(activeRecord()).toStrictEqual({ 'project-version': 'release-v1' })
      expect(Object.isFrozen(activeRecord())).toBe(true)
      run({}, () => {
        expect(activeRecord()).toStrictEqual({})
        expect(Object.isFrozen(activeRecord())).toBe(true)
      })
    })
  })

  it('H12 hides the nested lanes of parallel branches from each other', async () => {
    const meet = createBarrier(3)
    const branch = async (lane: string): Promise<unknown> =>
      run(lane, async () => {
        await meet()
        return currentLane()
      })
    const outer = await run('release', async () => {
      const branches = Promise.all([branch('release-v1'), branch('release-v2')])
      await meet()
      return [currentLane(), ...(await branches), currentLane()]
    })
    expect(outer).toEqual(['release', 'release-v1', 'release-v2', 'release'])
  })
})

describe('bind', () => {
  it('H13 keeps each caller its lane in a queue that one of them flushes', async () => {
    // A batching loader as applications write it: the first caller of a tick schedules the flush for all.
    const queue: Array<() => void> = []
    const load = async (through: (fn: () => void) => () => void): Promise<unknown> =>
      new Promise((resolve) => {
        queue.push(through(() => resolve(currentLane())))
        if (queue.length === 1) process.nextTick(() => queue.splice(0).forEach((entry) => entry()))
      })
    const three = async (through: (fn: () => void) => () => void): Promise<unknown[]> =>
      Promise.all([
        run('release-v1', async () => load(through)),
        run('release-v2', async () => load(through)),
        load(through),
      ])
    expect(await three(bind)).toEqual(['release-v1', 'release-v2', undefined])
    // What it is for: without it the whole batch runs in the lane of the first.
    expect(await three((fn) => fn)).toEqual(['release-v1', 'release-v1', 'release-v1'])
  })

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
})

describe('the shared store', () => {
  beforeEach(() => vi.resetModules())

  it('H11 is one for two copies of the package', async () => {
    const first = await import('../src/index.ts')
    vi.resetModules()
    const second = await import('../src/index.ts')
    expect(second.run).not.toBe(first.run)
    first.run('release-v1', () => {
      expect(second.currentLane()).toBe('release-v1')
      second.run('release-v2', () => expect(first.currentLane()).toBe('release-v2'))
    })
  })

  it('H11 is one for several propagators', () => {
    const [first, second] = [createPropagator(), createPropagator({ targets: ['example.com'] })]
    first.run('release-v1', () => expect(second.currentLane()).toBe('release-v1'))
  })
})

describe('a value that somebody else put into the store', () => {
  it.each(['a\r\nx-injected: 1', '', 'a b', 'a'.repeat(254)])('is not passed on: %j', (value) => {
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
  })
})
