import { create } from 'axios'
import { describe, expect, it } from 'vitest'
import { registerInterceptor } from '../src/axios.ts'
import { wrapFetch } from '../src/fetch.ts'
import { createPropagator } from '../src/index.ts'
import { startUpstream } from './support/server.ts'
import { installHere, send } from './support/wire.ts'

const options = { aliases: ['X-Lane', { name: 'x-version', write: true }] }

function namesOf(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter((name) => ['project-version', 'x-lane', 'x-version'].includes(name))
}

describe('the aliases of a header', () => {
  it('are read in their order where the header is not there', () => {
    const { extract } = createPropagator(options)
    const read = (carrier: object): unknown => extract(carrier)['project-version']
    expect(read({ 'x-lane': 'a' })).toBe('a')
    expect(read({ 'X-Version': 'b' })).toBe('b')
    expect(read({ 'x-version': 'b', 'x-lane': 'a' })).toBe('a')
    expect(read({ 'x-version': 'b', 'x-lane': 'a', 'project-version': 'c' })).toBe('c')
    // The first that is there decides: a bad value must not let another one in.
    expect(read({ 'x-lane': 'a', 'project-version': 'no lane' })).toBeUndefined()
  })

  it('are written where they are said to be', () => {
    const { inject, run } = createPropagator(options)
    const headers = {}
    run('a', () => inject(headers))
    expect(headers).toEqual({ 'project-version': 'a', 'x-version': 'a' })
  })

  it('H4 count as the header that the caller has set', () => {
    const { inject, run, counters } = createPropagator(options)
    const headers = { 'X-LANE': 'own' }
    expect(run('a', () => inject(headers))).toBe(false)
    expect(headers).toEqual({ 'X-LANE': 'own' })
    expect(counters().kept).toBe(1)
  })

  it('are neither read nor written after a clear', () => {
    const { run, inject, currentLane, extract } = createPropagator(options)
    run(extract({ 'x-lane': 'a' }), () => {
      for (const clear of [null, {}, undefined]) {
        const headers = {}
        expect(run(clear, () => inject(headers))).toBe(false)
        expect(run(clear, currentLane)).toBeUndefined()
        expect(headers).toEqual({})
      }
    })
  })

  it('go out by axios, fetch and node:http, and a request that is sent again takes them anew', async () => {
    const propagator = createPropagator(options)
    const upstream = await startUpstream()
    const client = create()
    registerInterceptor(client, { propagator })
    await propagator.run('a', async () => {
      const { config } = await client.get(upstream.url)
      await client.request(config)
      await wrapFetch(fetch, { propagator })(upstream.url)
    })
    const { run } = installHere(options)
    await run('a', () => send(`${upstream.url}/`))
    expect(upstream.received.map(({ rawHeaders }) => namesOf(rawHeaders).toSorted())).toEqual(
      Array.from({ length: 4 }, () => ['project-version', 'x-version']),
    )
  })

  it('H2 are taken off by the wire guard, by every name, where the lane may not go', async () => {
    const { counters } = installHere(options)
    const upstream = await startUpstream()
    const outside = `http://[::ffff:127.0.0.1]:${upstream.port}/`
    const headers = { 'X-Lane': 'a', 'x-version': 'a', 'project-version': 'a', other: 'b' }
    await fetch(outside, { headers })
    await send({ host: '::ffff:127.0.0.1', port: upstream.port, headers })
    expect(upstream.received.map(({ rawHeaders }) => namesOf(rawHeaders))).toEqual([[], []])
    expect(upstream.received.map(({ rawHeaders }) => rawHeaders.includes('other'))).toEqual([
      true,
      true,
    ])
    expect(counters().stripped).toBe(2)
  })
})
