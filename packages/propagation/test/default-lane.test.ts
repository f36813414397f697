import { EventEmitter, errorMonitor } from 'node:events'
import { Agent } from 'node:http'
import express from 'express'
import Koa from 'koa'
import { describe, expect, it, onTestFinished } from 'vitest'
import { laneConnect } from '../src/connect.ts'
import { createPropagator } from '../src/index.ts'
import { laneMiddleware } from '../src/koa.ts'
import { listen, startUpstream } from './support/server.ts'
import { installHere, send } from './support/wire.ts'

const own = createPropagator({ defaultLane: 'own' })

describe('a default lane', () => {
  it('is the lane outside of every scope, and in none', () => {
    const { bind, currentLane, inject, run, snapshot } = own
    expect(currentLane()).toBe('own')
    expect(run('a', currentLane)).toBe('a')
    for (const none of [null, undefined, {}, 'a b']) expect(run(none, currentLane)).toBeUndefined()
    const carrier = {}
    expect(inject(carrier)).toBe(true)
    expect(carrier).toEqual({ 'project-version': 'own' })
    // What is bound outside stays outside.
    expect(run('a', bind(currentLane))).toBe('own')
    const outside = snapshot()
    expect(run('a', () => outside(currentLane))).toBe('own')
    expect(run(null, () => bind(currentLane))()).toBeUndefined()
  })

  it('reaches the calls of work that no request started', async () => {
    installHere({ defaultLane: 'own' })
    const { url, received } = await startUpstream()
    await send(url)
    await fetch(url)
    expect(received.map(({ lanes }) => lanes)).toEqual([['own'], ['own']])
  })

  it.each<[string, () => Promise<number>]>([
    [
      'koa',
      async () => {
        const app = new Koa()
        app.use(laneMiddleware({ propagator: own }))
        app.use((ctx) => {
          ctx.body = own.currentLane() ?? 'none'
        })
        return listen(app.callback())
      },
    ],
    [
      'connect',
      async () => {
        const app = express()
        app.use(laneConnect({ propagator: own }))
        app.use((_, response) => void response.send(own.currentLane() ?? 'none'))
        return listen(app)
      },
    ],
    [
      'install',
      async () => {
        const { currentLane } = installHere({ defaultLane: 'own' })
        return listen((_, response) => void response.end(currentLane() ?? 'none'))
      },
    ],
  ])(
    'H22 never marks a request that came without a lane, on one connection: %s',
    async (_, start) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      onTestFinished(() => agent.destroy())
      const port = await start()
      // The client is outside of the app, and installed in the same process.
      const get = async (lane: string): Promise<string> =>
        own.run(null, async () =>
          send({ port, agent, headers: lane === '' ? {} : { 'project-version': lane } }),
        )
      expect(await get('')).toBe('none')
      expect(await get('a')).toBe('a')
      expect(await get('own')).toBe('own')
      expect(await get('a b')).toBe('none')
      expect(await get('')).toBe('none')
    },
  )

  it('is none where it is not set, and no mistake goes unnoticed', () => {
    for (const defaultLane of [undefined, null, '']) {
      expect(createPropagator({ defaultLane }).currentLane()).toBeUndefined()
    }
    expect(() => createPropagator({ defaultLane: 'a b' })).toThrow(
      new TypeError('Expected `defaultLane` to be a lane that `pattern` takes, got "a b"'),
    )
  })
})

/** What tools that watch an emitter put in the place of its `emit`. */
function wrap(emitter: EventEmitter): EventEmitter['emit'] {
  const emit = emitter.emit.bind(emitter)
  return (...args) => emit(...args)
}

describe('bindEmitter', () => {
  it('H9, H13 calls listeners in the scope of the call, added before or after, and answers the emitter', () => {
    const { bindEmitter, currentLane, run } = createPropagator()
    const emitter = new EventEmitter()
    const seen: unknown[] = []
    const note = (text: string): void => void seen.push([text, currentLane()])
    emitter.on('event', note)
    expect(run('a', () => bindEmitter(emitter))).toBe(emitter)
    emitter.on('event', note)
    run('b', () => emitter.emit('event', 'x'))
    expect(seen).toEqual([
      ['x', 'a'],
      ['x', 'a'],
    ])
    emitter.off('event', note).off('event', note)
    expect(emitter.emit('event')).toBe(false)
  })

  it('H9 counts the later scope where it is bound again', () => {
    const one = createPropagator({ header: 'x-one' })
    const two = createPropagator({ header: 'x-two' })
    const emitter = new EventEmitter()
    const seen: unknown[] = []
    emitter.on('event', () => seen.push(one.currentLane(), two.currentLane()))
    one.run('a', () => {
      one.bindEmitter(emitter)
      two.run('b', () => two.bindEmitter(emitter))
    })
    emitter.emit('event')
    expect(seen).toEqual(['a', 'b'])
  })

  it.each([
    ['as it is', (emitter: EventEmitter) => emitter],
    [
      'with an emit of its own',
      (emitter: EventEmitter) => Object.assign(emitter, { emit: wrap(emitter) }),
    ],
  ])(
    'H9, H18: bound again, an emitter %s has the later scope, wrapped in between too',
    (_, make) => {
      const { bindEmitter, currentLane, run } = createPropagator()
      for (const between of [
        () => {},
        (one: EventEmitter) => Object.assign(one, { emit: wrap(one) }),
      ]) {
        const emitter = make(new EventEmitter())
        const seen: unknown[] = []
        emitter.on('event', (given) => seen.push(given, currentLane()))
        run('a', () => bindEmitter(emitter))
        between(emitter)
        run('b', () => bindEmitter(emitter))
        run('c', () => emitter.emit('event', 1))
        run('b', () => emitter.emit('event', 2))
        emitter.emit('event', 3)
        expect(seen).toEqual([1, 'b', 2, 'b', 3, 'b'])
      }
    },
  )

  it('H9 leaves an emit of the emitter\u2019s own to be called, in the scope', () => {
    const { bindEmitter, currentLane, run } = createPropagator()
    const seen: unknown[] = []
    class Traced extends EventEmitter {
      override emit(event: string, ...args: unknown[]): boolean {
        seen.push([event, ...args, currentLane()])
        return super.emit(event, ...args)
      }
    }
    const emitter = run('a', () => bindEmitter(new Traced()))
    emitter.emit('event', 1)
    run('a', () => emitter.emit('other'))
    expect(seen).toEqual([
      ['event', 1, 'a'],
      ['other', 'a'],
    ])
  })

  it('H9 tells an error that nobody listens to to its monitors, in the scope', () => {
    const { bindEmitter, currentLane, run } = createPropagator()
    const seen: unknown[] = []
    const emitter = run('a', () => bindEmitter(new EventEmitter()))
    emitter.on(errorMonitor, () => seen.push(currentLane()))
    expect(() => emitter.emit('error', new Error('mine'))).toThrow('mine')
    expect(seen).toEqual(['a'])
  })

  it('refuses what has no emit()', () => {
    const { bindEmitter } = createPropagator()
    // As from JavaScript, where no compiler refuses it.
    expect(() => Reflect.apply(bindEmitter, undefined, [{}])).toThrow(
      new TypeError(
        'Expected `emitter` of `bindEmitter` to have emit(), got a value of type object',
      ),
    )
  })
})

describe('snapshot', () => {
  it('H13 calls functions in the scope where it was taken, with what they are given', () => {
    const { currentLane, run, snapshot } = createPropagator()
    const inScope = run('a', snapshot)
    const add = (one: number, two: number): string => `${one + two} ${currentLane()}`
    expect(inScope(add, 1, 2)).toBe('3 a')
    expect(run('b', () => inScope(add, 1, 2))).toBe('3 a')
    expect(() =>
      inScope(() => {
        throw new Error('mine')
      }),
    ).toThrow('mine')
    // As from JavaScript, where no compiler refuses it.
    expect(() => Reflect.apply(inScope, undefined, [1])).toThrow(
      new TypeError('Expected `fn` of `snapshot` to be a function, got a value of type number'),
    )
  })
})
