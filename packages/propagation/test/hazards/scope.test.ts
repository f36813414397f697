import { AsyncLocalStorage } from 'node:async_hooks'
import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import Koa from 'koa'
import { Agent, getGlobalDispatcher, request as undiciRequest, setGlobalDispatcher } from 'undici'
import { expect, it, onTestFinished, vi } from 'vitest'
import * as root from '../../src/index.ts'
import { bind, bindEmitter, createPropagator, currentLane, run, snapshot } from '../../src/index.ts'
import { laneMiddleware } from '../../src/koa.ts'
import { createBarrier } from '../support/barrier.ts'
import { listen, portOf, startUpstream } from '../support/server.ts'
import { installHere, send, talk } from '../support/wire.ts'

const SLOT = Symbol.for('@traffic-lanes/propagation/store@1')

/** The record that is active now, straight from the process-wide store. */
function activeRecord(): unknown {
  const store: unknown = Reflect.get(globalThis, SLOT)
  return store instanceof AsyncLocalStorage ? store.getStore() : undefined
}

it('H1: no request that waits in a bounded pool of undici carries the lane of another', async () => {
  installHere()
  const before = getGlobalDispatcher()
  const dispatcher = new Agent({ connections: 2 })
  setGlobalDispatcher(dispatcher)
  onTestFinished(async () => {
    setGlobalDispatcher(before)
    await dispatcher.destroy()
  })
  const { url, received } = await startUpstream()
  const lanes = Array.from({ length: 20 }, (_, index) => (index % 4 ? `lane-${index}` : 'none'))
  const meet = createBarrier(lanes.length)
  await Promise.all(
    lanes.map(async (lane) =>
      run(lane === 'none' ? null : lane, async () => {
        await meet()
        await (await fetch(`${url}/${lane}`)).text()
        // No channel tells whose this one is.
        await (await undiciRequest(`${url}/${lane}`)).body.text()
      }),
    ),
  )
  const seen = received.map((one) => [one.url.slice(1), one.lanes.join() || 'none'])
  expect(seen.filter(([lane, sent]) => lane !== sent)).toEqual([])
  expect(seen).toHaveLength(40)
})

it('H11: work without a lane, outside of every scope, opens none: up to Node 22 that slows every await', () => {
  expect(run(null, activeRecord)).toBeUndefined()
  expect(run({}, activeRecord)).toBeUndefined()
  const { run: runByDefault } = createPropagator({ defaultLane: 'own' })
  expect(runByDefault(null, activeRecord)).toEqual({})
})

it('H12: what is shared by all cannot be changed: a propagator, and the record of no lane', () => {
  const propagator = createPropagator()
  expect(Object.isFrozen(propagator)).toBe(true)
  expect(Object.isFrozen(propagator.extract({}))).toBe(true)
  expect(propagator.run('a', () => propagator.run(null, activeRecord))).toSatisfy(Object.isFrozen)
})

it('H12: a record that somebody made is checked like any other value, and never kept', () => {
  const { run: runChecked, counters } = createPropagator()
  const record = Object.freeze({ 'project-version': 'two words', 'x-other': 'b' })
  expect(runChecked(record, activeRecord)).toBeUndefined()
  expect(runChecked({ 'project-version': 'a' }, activeRecord)).toEqual({ 'project-version': 'a' })
  expect(counters().dropped).toMatchObject({ pattern: 1, 'unknown-header': 1 })
})

it('H8: a scope ends with its function: nothing is left in the caller, and nothing can leave it there', async () => {
  const running = run('release-v1', async () => {
    await turn()
    return currentLane()
  })
  expect(currentLane()).toBeUndefined()
  expect(await running).toBe('release-v1')
  expect(currentLane()).toBeUndefined()
  const names = [...Object.keys(root), ...Object.keys(createPropagator())]
  expect(names.filter((name) => /enter|attach|set/i.test(name))).toEqual([])
})

it('H10: what a scope holds is a small frozen record, and keeps no request alive', async () => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const contexts: WeakRef<object>[] = []
  const kept: Array<() => unknown> = []
  const app = new Koa()
  app.use(laneMiddleware())
  app.use((ctx) => {
    contexts.push(new WeakRef(ctx))
    kept.push(bind(activeRecord))
    ctx.body = 'ok'
  })
  const url = `http://localhost:${await listen(app.callback())}/`
  for (const lane of ['release-v1', 'release-v2']) {
    // Two, as sockets and parsers hold on to the last one.
    await (await fetch(url, { headers: { 'project-version': lane } })).text()
  }
  for (let turns = 0; turns < 50 && contexts[0]?.deref() !== undefined; turns += 1) {
    await turn()
    collect()
  }
  expect(contexts[0]?.deref()).toBeUndefined()
  const records = kept.map((record) => record())
  expect(records).toStrictEqual([
    { 'project-version': 'release-v1' },
    { 'project-version': 'release-v2' },
  ])
  expect(records.every((record) => Object.isFrozen(record))).toBe(true)
})

it('H11: a process has one store, whatever the number of copies and propagators', async () => {
  vi.resetModules()
  const first = await import('../../src/index.ts')
  vi.resetModules()
  const second = await import('../../src/index.ts')
  expect(second.run).not.toBe(first.run)
  const propagator = createPropagator({ targets: ['example.com'] })
  first.run('release-v1', () => {
    expect([second.currentLane(), propagator.currentLane()]).toEqual(['release-v1', 'release-v1'])
    second.run('release-v2', () => expect(first.currentLane()).toBe('release-v2'))
  })
})

it('H12: parallel branches of one request do not see each other\u2019s nested lanes', async () => {
  const meet = createBarrier(3)
  const branch = async (lane: string): Promise<unknown> =>
    run(lane, async () => {
      await meet()
      return currentLane()
    })
  const seen = await run('release', async () => {
    const branches = Promise.all([branch('release-v1'), branch('release-v2')])
    await meet()
    return [currentLane(), ...(await branches), currentLane()]
  })
  expect(seen).toEqual(['release', 'release-v1', 'release-v2', 'release'])
})

function bySnapshot(fn: () => void): () => void {
  const inScope = snapshot()
  return () => inScope(fn)
}

function byEmitter(fn: () => void): () => void {
  const job = bindEmitter(new EventEmitter().on('done', fn))
  return () => void job.emit('done')
}

it('H13: a queue that one caller flushes for all gives each its own lane back by `bind`, `snapshot` and `bindEmitter`', async () => {
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
  const own = ['release-v1', 'release-v2', undefined]
  expect(await three(bind)).toEqual(own)
  expect(await three(bySnapshot)).toEqual(own)
  expect(await three(byEmitter)).toEqual(own)
  // What it is for: without it the whole batch runs in the lane of the first.
  expect(await three((fn) => fn)).toEqual(['release-v1', 'release-v1', 'release-v1'])
})

it('H22: requests on one connection, pipelined or one after the other, do not inherit lanes', async () => {
  installHere()
  const seen: Array<readonly [string | undefined, string]> = []
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    seen.push([request.url, currentLane() ?? 'none'])
    await turn()
    seen.push([request.url, currentLane() ?? 'none'])
    response.end()
  }
  const server = createServer((request, response) => void answer(request, response))
  server.listen(0)
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const paths = ['/a', '/none', '/b', '/none', '/none', '/a']
  const heads = paths.map((path) => {
    const line = path === '/none' ? '' : `project-version: ${path.slice(1)}\r\n`
    return `GET ${path} HTTP/1.1\r\nhost: x\r\n${line}\r\n`
  })
  await talk(portOf(server), heads.join(''))
  for (const path of paths) {
    const headers = path === '/none' ? {} : { 'project-version': path.slice(1) }
    await send({ port: portOf(server), path, headers })
  }
  expect(seen).toHaveLength(4 * paths.length)
  expect(
    seen.filter((pair) => String(pair).slice(1).split(',')[0] !== String(pair).split(',')[1]),
  ).toEqual([])
})
