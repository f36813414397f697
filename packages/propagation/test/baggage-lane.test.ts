import { create } from 'axios'
import { describe, expect, it } from 'vitest'
import { registerInterceptor } from '../src/axios.ts'
import { wrapFetch } from '../src/fetch.ts'
import { createPropagator } from '../src/index.ts'
import { startUpstream } from './support/server.ts'
import { installHere, send } from './support/wire.ts'

const LANE = 'release-v1'
const MEMBER = `project-version=${LANE}`
const OTHERS = 'user = alice ; tier=gold , trace=%C3%a4'

function baggageOf(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter((_, index) => rawHeaders[index - 1]?.toLowerCase() === 'baggage')
}

describe('the lane in W3C Baggage', () => {
  it('H17 is neither read nor written unless asked for', () => {
    const { extract, run, inject, fields } = createPropagator()
    expect(extract({ baggage: MEMBER })).toEqual({})
    const headers = { baggage: OTHERS }
    run(LANE, () => inject(headers))
    expect(headers).toEqual({ baggage: OTHERS, 'project-version': LANE })
    expect(fields).toEqual(['project-version'])
  })

  it('H17 is written without properties, which Sentry takes for a part of the value', () => {
    const { run, inject } = createPropagator({ baggage: true })
    const headers = {}
    run(LANE, () => inject(headers))
    expect(headers).toEqual({ 'project-version': LANE, baggage: MEMBER })
  })

  it('H17 is encoded where it holds what would begin a property or another member', () => {
    const { run, inject, extract } = createPropagator({ baggage: true, pattern: /[^]*/ })
    const headers: Record<string, string> = {}
    run('50%;p=1"', () => inject(headers))
    expect(headers['baggage']).toBe('project-version=50%25%3Bp=1%22')
    expect(extract({ baggage: headers['baggage'] })).toEqual({ 'project-version': '50%;p=1"' })
  })

  it('is read where the header is not there, by the key that is asked for', () => {
    const { extract } = createPropagator({ baggage: true })
    const read = (carrier: object): unknown => extract(carrier)['project-version']
    expect(read({ baggage: `${OTHERS},${MEMBER};p=1` })).toBe(LANE)
    expect(read({ Baggage: [OTHERS, 'project-version=release%2Dv1'] })).toBe(LANE)
    expect(read({ baggage: MEMBER, 'project-version': 'other' })).toBe('other')
    expect(read({ baggage: `${MEMBER},${MEMBER}` })).toBe(LANE)
    expect(read({ baggage: `${MEMBER},project-version=other` })).toBeUndefined()
    const okteto = createPropagator({ baggage: { key: 'okteto-divert' } })
    expect(okteto.extract({ baggage: 'okteto-divert=a' })).toEqual({ 'project-version': 'a' })
  })

  it('H17 leaves every other member of the caller as it is, byte for byte', () => {
    const { run, inject } = createPropagator({ baggage: true })
    const baggage = `${OTHERS},${MEMBER}`
    for (const headers of [
      { Baggage: OTHERS },
      [['Baggage', OTHERS]],
      new Headers({ baggage: OTHERS }),
    ]) {
      expect(run(LANE, () => inject(headers))).toBe(true)
      const pairs = Array.isArray(headers)
        ? headers
        : headers instanceof Headers
          ? [...headers]
          : Object.entries(headers)
      expect(Object.fromEntries(pairs)).toEqual({ 'project-version': LANE, baggage })
    }
  })

  it('H4 counts as set where the caller wrote another lane there, and as its own where the same', () => {
    const { run, inject } = createPropagator({ baggage: true })
    const same = { baggage: `${MEMBER};p=1,a=b` }
    expect(run(LANE, () => inject(same))).toBe(true)
    expect(same).toEqual({ baggage: `${MEMBER};p=1,a=b`, 'project-version': LANE })
    const other = { baggage: 'project-version=other' }
    expect(run(LANE, () => inject(other))).toBe(false)
    expect(other).toEqual({ baggage: 'project-version=other' })
  })

  it('H17 is left out, and counted, where the header is full; the lane still travels in its own', () => {
    const { run, inject, counters } = createPropagator({ baggage: true })
    const baggage = `a=${'x'.repeat(8180)}`
    const headers = { baggage }
    expect(run(LANE, () => inject(headers))).toBe(true)
    expect(headers).toEqual({ baggage, 'project-version': LANE })
    expect(counters().dropped['baggage-full']).toBe(1)
  })

  it('H2, H17 is taken off by itself where the lane may not go', () => {
    const { strip } = createPropagator({ baggage: true })
    const headers = { Baggage: `${OTHERS},${MEMBER}`, other: 'b' }
    expect(strip(headers, 'https://example.com')).toBe(true)
    expect(headers).toEqual({ baggage: OTHERS, other: 'b' })
    const only = { baggage: MEMBER }
    expect(strip(only, 'https://example.com')).toBe(true)
    expect(only).toEqual({})
    expect(strip({ baggage: OTHERS }, 'https://example.com')).toBe(false)
  })

  it('H3 goes out once by axios, also again, by fetch and by node:http in each form of its headers', async () => {
    const propagator = createPropagator({ baggage: true })
    const upstream = await startUpstream()
    const client = create({ headers: { common: { Baggage: OTHERS } } })
    registerInterceptor(client, { propagator })
    await propagator.run(LANE, async () => {
      const { config } = await client.get(upstream.url)
      await client.request(config)
      await wrapFetch(fetch, { propagator })(upstream.url, { headers: { Baggage: OTHERS } })
    })
    const { run } = installHere({ baggage: true })
    const { port } = upstream
    await run(LANE, async () => {
      await send({ port, headers: { Baggage: OTHERS } })
      await send({ port, headers: ['host', 'localhost', 'Baggage', OTHERS] })
      await send({
        port,
        headers: [
          ['host', 'localhost'],
          ['Baggage', OTHERS],
        ],
      })
    })
    expect(upstream.received.map(({ rawHeaders }) => baggageOf(rawHeaders))).toEqual(
      Array.from({ length: 6 }, () => [`${OTHERS},${MEMBER}`]),
    )
  })

  it('H2 leaves only the others on the wire to a third party, by fetch and by node:http', async () => {
    const upstream = await startUpstream()
    installHere({ baggage: true })
    const headers = { baggage: `${MEMBER},${OTHERS}` }
    await fetch(`http://[::ffff:127.0.0.1]:${upstream.port}/`, { headers })
    await send({ host: '::ffff:127.0.0.1', port: upstream.port, headers })
    expect(upstream.received.map(({ rawHeaders }) => baggageOf(rawHeaders))).toEqual([
      [OTHERS],
      [OTHERS],
    ])
  })
})
