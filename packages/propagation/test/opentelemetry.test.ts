import { once } from 'node:events'
import { connect, createServer } from 'node:http2'
import { ROOT_CONTEXT, defaultTextMapGetter, defaultTextMapSetter } from '@opentelemetry/api'
import type { Context, TextMapPropagator } from '@opentelemetry/api'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createPropagator } from '../src/index.ts'
import type { PropagatorOptions } from '../src/index.ts'
import { lanePropagator } from '../src/opentelemetry.ts'
import type { LanePropagator } from '../src/opentelemetry.ts'
import { portOf, startUpstream } from './support/server.ts'
import { send } from './support/wire.ts'

const LANE = { 'project-version': 'release-v1' }

function bridge(options: PropagatorOptions = {}): {
  otel: TextMapPropagator & LanePropagator
  propagator: ReturnType<typeof createPropagator>
  injected(this: void, context: Context, carrier?: object): object
} {
  const propagator = createPropagator(options)
  const otel = lanePropagator({ propagator })
  onTestFinished(otel.stop)
  return {
    otel,
    propagator,
    injected: (context, carrier = {}) => {
      otel.inject(context, carrier, defaultTextMapSetter)
      return carrier
    },
  }
}

describe('the TextMapPropagator', () => {
  it('carries a lane from a carrier through the context to another', () => {
    const { otel, injected } = bridge()
    const context = otel.extract(ROOT_CONTEXT, LANE, defaultTextMapGetter)
    expect(otel.laneOf(context)).toBe('release-v1')
    expect(injected(context)).toEqual(LANE)
    expect(otel.fields()).toEqual(['project-version'])
  })

  it('H21 leaves the context as it is where there is no lane that is taken, or none is trusted', () => {
    const { otel, injected } = bridge({ trust: () => false })
    for (const carrier of [{}, { 'project-version': 'no lane' }, LANE]) {
      expect(otel.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter)).toBe(ROOT_CONTEXT)
    }
    expect(injected(ROOT_CONTEXT)).toEqual({})
  })

  it('H4 keeps what the caller has set', () => {
    const { otel, injected } = bridge()
    const context = otel.extract(ROOT_CONTEXT, LANE, defaultTextMapGetter)
    const carrier = { 'Project-Version': 'own' }
    expect(injected(context, carrier)).toEqual({ 'Project-Version': 'own' })
  })

  it('lets an open scope decide, also that there is no lane', () => {
    const { otel, injected, propagator } = bridge()
    const context = otel.extract(ROOT_CONTEXT, LANE, defaultTextMapGetter)
    expect(propagator.run('nightly', () => injected(context))).toEqual({
      'project-version': 'nightly',
    })
    propagator.run('nightly', () => {
      expect(propagator.run(null, () => injected(context))).toEqual({})
    })
  })

  it('H17 writes aliases, and never the baggage, whose header another propagator writes', () => {
    const { otel, injected } = bridge({
      baggage: true,
      aliases: [{ name: 'x-lane', write: true }],
    })
    const carrier = { baggage: 'a=b,project-version=release-v1' }
    const context = otel.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter)
    expect(injected(context)).toEqual({ ...LANE, 'x-lane': 'release-v1' })
    expect(otel.fields()).toEqual(['project-version', 'x-lane'])
  })

  it('keeps a value for one hop to itself', () => {
    const { otel, injected } = bridge({ hops: 'one' })
    const context = otel.extract(ROOT_CONTEXT, LANE, defaultTextMapGetter)
    expect(otel.laneOf(context)).toBe('release-v1')
    expect(injected(context)).toEqual({})
  })

  it('H2 takes the header off what fetch and node:http send to a third party, whoever set it', async () => {
    bridge()
    const { port, received } = await startUpstream()
    await (await fetch(`http://[::ffff:127.0.0.1]:${port}/`, { headers: LANE })).text()
    await send({ host: '::ffff:127.0.0.1', port, headers: LANE })
    await send({ host: '127.0.0.1', port, headers: LANE })
    expect(received.map(({ lanes }) => lanes)).toEqual([[], [], ['release-v1']])
  })

  it('H2 takes it off what node:http2 sends there, which carries gRPC', async () => {
    bridge()
    const received: unknown[] = []
    const server = createServer((request, response) => {
      received.push(request.headers['project-version'])
      response.end()
    })
    await once(server.listen(0), 'listening')
    onTestFinished(() => void server.close())
    for (const host of ['[::ffff:127.0.0.1]', '127.0.0.1']) {
      const session = connect(`http://${host}:${portOf(server)}`)
      await once(session.request(LANE).resume(), 'close')
      session.close()
    }
    expect(received).toEqual([undefined, 'release-v1'])
  })

  it('puts the global fetch back', () => {
    const before = globalThis.fetch
    const otel = lanePropagator()
    expect(globalThis.fetch).not.toBe(before)
    otel.stop()
    expect(globalThis.fetch).toBe(before)
  })
})
