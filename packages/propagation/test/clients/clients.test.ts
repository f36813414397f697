import { describe, expect, it } from 'vitest'
import { createPropagator, run } from '../../src/index.ts'
import { callAtOnce } from '../support/call-at-once.ts'
import { startUpstream } from '../support/server.ts'
import type { Upstream } from '../support/server.ts'
import { installHere } from '../support/wire.ts'
import { httpClients } from './node-http.ts'
import { undiciClients } from './undici.ts'

/** A URL that leads over each of the hosts in turn; the last may name a path. */
function route({ port }: Upstream, ...hosts: readonly string[]): string {
  return hosts.reduceRight((next, host) => {
    const [name = '', path = 'end'] = host.split('/')
    const base = `http://${name}:${port}`
    return next === '' ? `${base}/${path}` : `${base}/to?${encodeURIComponent(next)}`
  }, '')
}

/** Each request that the upstream saw: the host, and the lanes that it was sent. */
function hopsOf({ received }: Upstream): unknown[] {
  return received.map(({ host, lanes }) => [host.replace(/:\d+$/, ''), lanes.join()])
}

describe.each([...httpClients, ...undiciClients])('$name', ({ connect }) => {
  it('sends the lane of the scope that calls, and nothing where there is none', async () => {
    const propagator = createPropagator()
    const upstream = await startUpstream()
    const call = await connect(propagator)
    await run('lane-a', async () => call(upstream.url))
    await call(upstream.url)
    await run('lane-b', async () => call(upstream.url, { 'x-own': '1' }))
    expect(upstream.received.map(({ lanes }) => lanes)).toEqual([['lane-a'], [], ['lane-b']])
    expect(upstream.received[2]?.rawHeaders.join().toLowerCase()).toContain('x-own,1')
    expect(propagator.counters()).toMatchObject({ injected: 2 })
  })

  it('H4 leaves a header that the caller sets, in any case, once', async () => {
    const upstream = await startUpstream()
    const call = await connect(createPropagator())
    await run('lane-a', async () => call(upstream.url, { 'Project-Version': 'mine' }))
    expect(upstream.received.map(({ lanes }) => lanes)).toEqual([['mine']])
  })

  it('H5 changes nothing that belongs to the caller', async () => {
    const upstream = await startUpstream()
    const call = await connect(createPropagator())
    const headers = Object.freeze({ 'x-own': '1' })
    await run('lane-a', async () => call(upstream.url, headers))
    expect(headers).toEqual({ 'x-own': '1' })
    expect(upstream.received.map(({ lanes }) => lanes)).toEqual([['lane-a']])
  })

  it('H16 sends nothing to a third party', async () => {
    const propagator = createPropagator()
    const upstream = await startUpstream()
    const call = await connect(propagator)
    await run('lane-a', async () => call(route(upstream, 'api.example.com')))
    expect(hopsOf(upstream)).toEqual([['api.example.com', '']])
    expect(propagator.counters()).toMatchObject({ withheld: 1, injected: 0 })
  })

  it('H16 puts nothing on a request that AWS Signature Version 4 signs', async () => {
    const upstream = await startUpstream()
    const call = await connect(createPropagator())
    const authorization = 'AWS4-HMAC-SHA256 Credential=x'
    await run('lane-a', async () => call(upstream.url, { authorization }))
    expect(upstream.received.map(({ lanes }) => lanes)).toEqual([[]])
  })

  it('H2 loses the lane on a redirect to a third party, and has it again on the way back', async () => {
    const upstream = await startUpstream()
    const call = await connect(createPropagator())
    const hosts = ['localhost', 'testbbb.test-istio', 'evil.com', 'testccc']
    await run('lane-a', async () => call(route(upstream, ...hosts)))
    expect(hopsOf(upstream)).toEqual([
      ['localhost', 'lane-a'],
      ['testbbb.test-istio', 'lane-a'],
      ['evil.com', ''],
      ['testccc', 'lane-a'],
    ])
  })

  it('H2 keeps the lane from every third party of a chain of redirects', async () => {
    const upstream = await startUpstream()
    const call = await connect(createPropagator())
    const hosts = ['localhost', 'evil.com', 'www.evil.com', 'evil.com', 'testccc']
    await run('lane-a', async () => call(route(upstream, ...hosts)))
    expect(hopsOf(upstream)).toEqual([
      ['localhost', 'lane-a'],
      ['evil.com', ''],
      ['www.evil.com', ''],
      ['evil.com', ''],
      ['testccc', 'lane-a'],
    ])
  })

  it('H1 mixes up none of 20 calls that wait for two connections, each redirected over a third party', async () => {
    const upstream = await startUpstream()
    const call = await connect(createPropagator())
    const count = await callAtOnce((name) =>
      call(route(upstream, 'localhost', 'evil.com', `testbbb/${name}`)),
    )
    const seen = upstream.received.map(({ url, host, lanes }) => {
      const name = /(lane-\d+|none)/.exec(url)?.[0]
      return [host.startsWith('evil.com') ? 'none' : name, lanes.join() || 'none']
    })
    expect(seen.filter(([name, lane]) => name !== lane)).toEqual([])
    expect(seen).toHaveLength(3 * count)
  })

  it('H18 sends one header beside `install`', async () => {
    const propagator = installHere()
    const upstream = await startUpstream()
    const call = await connect(propagator)
    await run('lane-a', async () => call(route(upstream, 'localhost', 'evil.com')))
    expect(hopsOf(upstream)).toEqual([
      ['localhost', 'lane-a'],
      ['evil.com', ''],
    ])
  })

  it('H18 counts each decision once beside `install`', async () => {
    const propagator = installHere()
    const upstream = await startUpstream()
    const call = await connect(propagator)
    await run('lane-a', async () => {
      await call(upstream.url)
      await call(upstream.url, { 'project-version': 'mine' })
      for (const _ of [1, 2]) await call(route(upstream, 'api.example.com'))
    })
    expect(propagator.counters()).toMatchObject({ injected: 1, kept: 1, withheld: 2 })
  })
})
