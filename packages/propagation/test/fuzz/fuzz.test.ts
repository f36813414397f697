import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { registerInterceptor } from '../../src/axios.ts'
import { laneConnect } from '../../src/connect.ts'
import { laneFastify } from '../../src/fastify.ts'
import { wrapFetch } from '../../src/fetch.ts'
import { laneGot } from '../../src/got.ts'
import { laneGrpc } from '../../src/grpc.ts'
import { grpcUrl } from '../../src/grpc/target.ts'
import { laneHttp2 } from '../../src/http2.ts'
import { createPropagator } from '../../src/index.ts'
import { laneMiddleware } from '../../src/koa.ts'
import { laneServer } from '../../src/server.ts'
import { laneSuperagent } from '../../src/superagent.ts'
import { laneUndici } from '../../src/undici.ts'
import { laneWs } from '../../src/ws.ts'
import { portOf } from '../support/server.ts'
import { installHere } from '../support/wire.ts'
import { HostileError, createShapes } from './shapes.ts'
import type { Shapes } from './shapes.ts'

/** How many of each kind. `pnpm fuzz:propagation` sets it to 100,000. */
const COUNT = Number(process.env['LANES_FUZZ'] ?? 1000)
const SEED = Number(process.env['LANES_FUZZ_SEED'] ?? 1)
const HEADER = 'project-version'
const LANE = /^[A-Za-z0-9]([-._A-Za-z0-9/]{0,251}[A-Za-z0-9])?$/

// An error that nobody catches ends the process of an app.
const uncaught: unknown[] = []
const note = (error: unknown): void => void uncaught.push(error)
beforeAll(() => {
  process.on('uncaughtException', note)
  process.on('unhandledRejection', note)
  return () => {
    process.off('uncaughtException', note)
    process.off('unhandledRejection', note)
  }
})

/** Makes `COUNT` cases, and answers what went wrong, with the seed that shows it again. */
function fuzz(check: (shapes: Shapes) => void): string[] {
  const wrong: string[] = []
  for (let index = 0; index < COUNT && wrong.length < 10; index += 1) {
    const seed = SEED * 1_000_003 + index
    try {
      check(createShapes(seed))
    } catch (error) {
      wrong.push(`seed ${seed}: ${error instanceof Error ? error.stack : String(error)}`)
    }
  }
  return wrong
}

/** Calls what may refuse its arguments: by a TypeError of ours, or by the error that the argument throws. */
function attempt(call: () => unknown): unknown {
  try {
    return call()
  } catch (error) {
    if (error instanceof TypeError || error instanceof HostileError) return undefined
    throw error
  }
}

/** As `expect`, which would take most of the time. */
function expectThat(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(`Expected ${what}`)
}

function expectLane(lane: unknown): void {
  if (lane === undefined) return
  if (typeof lane === 'string' && LANE.test(lane)) return
  throw new Error('What is no lane was taken for one')
}

describe(`${COUNT} random values`, () => {
  const propagators = [
    createPropagator(),
    createPropagator({ baggage: true, aliases: ['x-lane'], hops: 'one' }),
    createPropagator({ targets: [/corp/g, () => true], trust: () => true, lanes: [/.*/] }),
  ] as const

  it('in a carrier, hold a lane or nothing', () => {
    const wrong = fuzz(({ pick, carrier }) => {
      const { extract, receive, run, currentLane } = pick(propagators)
      const given = carrier()
      const record = extract(given)
      const { [HEADER]: lane, ...others } = record
      expectLane(lane)
      expectThat(Object.isFrozen(record) && Object.keys(others).length === 0, 'a frozen record')
      run(record, () => expectLane(currentLane()))
      Reflect.apply(receive, undefined, [{ headers: given }])
      Reflect.apply(receive, undefined, [given])
    })
    expect(wrong).toEqual([])
  })

  it('as a lane, open a scope of it or of none', () => {
    const wrong = fuzz(({ pick, value }) => {
      const { run, currentLane } = pick(propagators)
      const inside: unknown = Reflect.apply(run, undefined, [value(), () => [currentLane()]])
      expectLane(Array.isArray(inside) ? inside[0] : inside)
    })
    expect(wrong).toEqual([])
  })

  it('in a carrier and as a URL, take a lane or are left alone', () => {
    const wrong = fuzz(({ pick, carrier, url, value }) => {
      const { run, inject, strip, explain } = pick(propagators)
      const given = carrier()
      const how = pick([
        { url: url() },
        { url: url(), getter: value(), setter: value() },
        {},
        value(),
      ])
      run('lane-a', () => {
        const injected: unknown = attempt(() => Reflect.apply(inject, undefined, [given, how]))
        expectThat(typeof injected !== 'object', 'yes or no')
      })
      const stripped: unknown = Reflect.apply(strip, undefined, [carrier(), url()])
      expectThat(typeof stripped === 'boolean', 'yes or no')
      const { send, reason } = Reflect.apply(explain, undefined, [url()])
      expectThat(typeof send === 'boolean' && reason !== '', 'an explanation')
    })
    expect(wrong).toEqual([])
  })

  it('as a URL, are never taken for the cluster where a client would go elsewhere', () => {
    const { explain } = createPropagator({ namespace: null })
    const wrong = fuzz(({ url }) => {
      const given = url()
      const { send } = Reflect.apply(explain, undefined, [given])
      if (!send) return
      const { hostname } = new URL(String(Object(given).href ?? given))
      // Said otherwise than the package does: no public name, and no address but this machine's.
      const labels = hostname.replace(/\.$/, '').split('.')
      const isPublic = labels.length > 1 && /^(com|xn--.*)$/.test(labels.at(-1) ?? '')
      const isAddress = /^[\d.]+$|^\[/.test(hostname) && !/^127\.|^\[::1\]$/.test(hostname)
      if (isPublic || isAddress) throw new Error(`Sent to ${hostname}`)
    })
    expect(wrong).toEqual([])
  })

  it('as options, make what works or are refused by a TypeError', () => {
    const names = [
      'header',
      'pattern',
      'targets',
      'namespace',
      'defaultLane',
      'aliases',
      'hops',
      'baggage',
      'trust',
      'lanes',
    ]
    const wrong = fuzz(({ options, carrier, url }) => {
      const made: unknown = attempt(() =>
        Reflect.apply(createPropagator, undefined, [options(names)]),
      )
      if (!isPropagator(made)) return
      const { extract, run, inject, explain, currentLane } = made
      run(extract(carrier()), () => {
        currentLane()
        Reflect.apply(inject, undefined, [Object(carrier()), { url: url() }])
        Reflect.apply(explain, undefined, [url()])
      })
    })
    expect(wrong).toEqual([])
  })

  it('as arguments of an integration, are refused by a TypeError or work', () => {
    const factories = [
      laneMiddleware,
      laneConnect,
      laneFastify,
      laneGot,
      laneGrpc,
      laneSuperagent,
      laneUndici,
      laneServer,
      laneHttp2,
      laneWs,
      registerInterceptor,
      wrapFetch,
    ]
    const wrong = fuzz(({ value, options, text }) => {
      for (const factory of factories) {
        const own = options(['propagator', 'origin', 'target'])
        attempt(() => Reflect.apply(factory, undefined, [own, value()]))
        attempt(() => Reflect.apply(factory, undefined, [value(), own]))
      }
      expectThat(typeof grpcUrl(text()) === 'string', 'a URL')
    })
    expect(wrong).toEqual([])
  })

  it('as arguments of fetch and of a dispatcher, arrive there whatever they are', () => {
    const { run } = createPropagator()
    const seen: unknown[][] = []
    const take = async (...args: unknown[]): Promise<void> => void seen.push(args)
    const dispatch = (...args: unknown[]): boolean => seen.push(args) > 0
    const fetchInLane: unknown = Reflect.apply(wrapFetch, undefined, [take])
    const dispatchInLane: unknown = Reflect.apply(laneUndici(), undefined, [dispatch])
    if (typeof fetchInLane !== 'function' || typeof dispatchInLane !== 'function') {
      throw new Error('No function')
    }
    const wrong = fuzz(({ carrier, url, value, pick }) => {
      run('lane-a', () => {
        const init = pick([{ headers: carrier() }, value()])
        seen.length = 0
        attempt(() => Reflect.apply(fetchInLane, undefined, [url(), init]))
        attempt(() =>
          Reflect.apply(dispatchInLane, undefined, [
            { origin: url(), path: pick(['/', '', url()]), headers: carrier() },
            {},
          ]),
        )
        expectThat(seen.length === 2, 'two calls')
      })
    })
    expect(wrong).toEqual([])
  })
})

it(`${Math.ceil(COUNT / 20)} connections that send anything as headers leave the process alive`, async () => {
  installHere()
  const lanes: unknown[] = []
  const propagator = createPropagator()
  const server = createServer((request, response) => {
    lanes.push(propagator.currentLane())
    request.resume().on('end', () => response.end('ok'))
  })
  server.on('clientError', (_, socket) => socket.destroy())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const port = portOf(server)
  for (let index = 0; index < COUNT / 20; index += 1) {
    const { text, pick } = createShapes(SEED * 7919 + index)
    const lines = Array.from(
      { length: 3 },
      () => `${pick([HEADER, 'Baggage', 'x'])}: ${text()}\r\n`,
    )
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => socket.destroy())
    socket.resume().end(`GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${lines.join('')}\r\n`)
    await once(socket, 'close')
  }
  for (const lane of lanes) expectLane(lane)
  expect(lanes.length).toBeGreaterThan(COUNT / 100)
  expect(uncaught).toEqual([])
})

function isPropagator(made: unknown): made is ReturnType<typeof createPropagator> {
  return typeof made === 'object' && made !== null && 'inject' in made
}
