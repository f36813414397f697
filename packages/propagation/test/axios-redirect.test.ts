import { create } from 'axios'
import type { AxiosInstance } from 'axios'
import { Agent, getGlobalDispatcher, setGlobalDispatcher } from 'undici'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createPropagator, run } from '../src/index.ts'
import type { Propagator } from '../src/index.ts'
import { registerInterceptor } from '../src/axios.ts'
import { loopbackAgent, toLoopback } from './support/names.ts'
import { startUpstream } from './support/server.ts'
import type { Upstream } from './support/server.ts'

function createClient(propagator: Propagator = createPropagator()): AxiosInstance {
  const client = create({ httpAgent: loopbackAgent(), proxy: false })
  registerInterceptor(client, { propagator })
  return client
}

/** A URL that leads over each of the hosts in turn. */
function route({ port }: Upstream, ...hosts: readonly string[]): string {
  return hosts.reduceRight((next, host) => {
    const base = `http://${host}:${port}`
    return next === '' ? `${base}/end` : `${base}/to?${encodeURIComponent(next)}`
  }, '')
}

/** Each hop that the upstream saw: the host, and the lanes that it was sent. */
function hopsOf({ received }: Upstream): unknown[] {
  return received.map(({ host, lanes }) => [host.replace(/:\d+$/, ''), lanes.join()])
}

function refuse(): never {
  throw new Error('No further')
}

describe('a redirect', () => {
  it('H2 loses the lane on the way to a third party, and has it again on the way back', async () => {
    const propagator = createPropagator()
    const upstream = await startUpstream()
    const hosts = ['localhost', 'testbbb.test-istio', 'evil.com', 'other.evil.com', 'testbbb']
    await run('release-v1', async () => createClient(propagator).get(route(upstream, ...hosts)))
    expect(hopsOf(upstream)).toEqual([
      ['localhost', 'release-v1'],
      ['testbbb.test-istio', 'release-v1'],
      ['evil.com', ''],
      ['other.evil.com', ''],
      ['testbbb', 'release-v1'],
    ])
    expect(propagator.counters()).toMatchObject({ injected: 2, kept: 0, stripped: 1 })
  })

  it('H2 loses it on the way to a third party where fetch follows, with nothing else to guard it', async () => {
    const before = getGlobalDispatcher()
    const dispatcher = new Agent({ connect: { lookup: toLoopback } })
    setGlobalDispatcher(dispatcher)
    onTestFinished(async () => {
      setGlobalDispatcher(before)
      await dispatcher.destroy()
    })
    // A header that no other test has guarded.
    const propagator = createPropagator({ header: 'x-axios-lane' })
    const client = create({ adapter: 'fetch' })
    registerInterceptor(client, { propagator })
    const upstream = await startUpstream()
    await propagator.run('a', async () => client.get(route(upstream, 'localhost', 'evil.com')))
    const carried = upstream.received.map(({ rawHeaders }) => rawHeaders.includes('x-axios-lane'))
    expect(carried).toEqual([true, false])
  })

  it('has it from a third party into the cluster', async () => {
    const upstream = await startUpstream()
    await run('release-v1', async () => createClient().get(route(upstream, 'evil.com', 'testbbb')))
    expect(hopsOf(upstream)).toEqual([
      ['evil.com', ''],
      ['testbbb', 'release-v1'],
    ])
  })

  it('H2 loses a header of the caller as well', async () => {
    const upstream = await startUpstream()
    const headers = { 'Project-Version': 'explicit' }
    await run('release-v1', async () =>
      createClient().get(route(upstream, 'testbbb', 'evil.com'), { headers }),
    )
    expect(hopsOf(upstream)).toEqual([
      ['testbbb', 'explicit'],
      ['evil.com', ''],
    ])
  })

  it('calls the caller\u2019s beforeRedirect first, as axios would, and has the last word', async () => {
    const calls: unknown[] = []
    const upstream = await startUpstream()
    const config = Object.freeze({
      beforeRedirect(this: unknown, ...args: readonly Record<string, unknown>[]): void {
        const [options, response, request] = args
        calls.push([options?.['href'], response?.['statusCode'], request?.['url']])
        Object.assign(options?.['headers'] ?? {}, { 'x-hop': '1', 'project-version': 'added' })
      },
    })
    const { beforeRedirect } = config
    const url = route(upstream, 'localhost', 'evil.com', 'testbbb')
    await run('release-v1', async () => createClient().get(url, config))
    expect(calls).toEqual([
      [route(upstream, 'evil.com', 'testbbb'), 302, url],
      [route(upstream, 'testbbb'), 302, route(upstream, 'evil.com', 'testbbb')],
    ])
    expect(hopsOf(upstream)).toEqual([
      ['localhost', 'release-v1'],
      ['evil.com', ''],
      ['testbbb', 'added'],
    ])
    expect(upstream.received[1]?.rawHeaders).toContain('x-hop')
    expect(config.beforeRedirect).toBe(beforeRedirect)
  })

  it('H2, H5 loses it from headers that the caller\u2019s beforeRedirect shares, which stay as they are', async () => {
    const headers = { 'x-own': '1', 'Project-Version': 'mine' }
    const beforeRedirect = (options: Record<string, unknown>): void => {
      options['headers'] = headers
    }
    const upstream = await startUpstream()
    const url = route(upstream, 'localhost', 'evil.com')
    await run('release-v1', async () => createClient().get(url, { beforeRedirect }))
    expect(hopsOf(upstream)).toEqual([
      ['localhost', 'release-v1'],
      ['evil.com', ''],
    ])
    expect(headers).toEqual({ 'x-own': '1', 'Project-Version': 'mine' })
  })

  it('calls it once, and no deeper down, for a config that is sent again', async () => {
    const upstream = await startUpstream()
    const client = createClient()
    const depths: number[] = []
    const beforeRedirect = (): void => {
      depths.push((new Error('here').stack ?? '').split('src/axios.ts').length - 1)
    }
    const url = route(upstream, 'localhost', 'testbbb')
    await run('release-v1', async () => {
      const first = await client.get(url, { beforeRedirect })
      const second = await client.request(first.config)
      await client.request(second.config)
    })
    expect(depths).toEqual([1, 1, 1])
  })

  it('fails with the error of the caller\u2019s beforeRedirect', async () => {
    const upstream = await startUpstream()
    await run('release-v1', async () => {
      const getting = createClient().get(route(upstream, 'localhost', 'testbbb'), {
        beforeRedirect: refuse,
      })
      await expect(getting).rejects.toThrow('No further')
    })
  })

  it('H2 loses the lanes of every propagator', async () => {
    const upstream = await startUpstream()
    const [lane, debug] = [createPropagator(), createPropagator({ header: 'x-debug' })]
    const client = createClient(lane)
    registerInterceptor(client, { propagator: debug })
    const url = route(upstream, 'localhost', 'evil.com', 'testbbb')
    const send = async (): Promise<unknown> => client.get(url)
    await lane.run('release-v1', async () => debug.run('on', send))
    const sent = upstream.received.map(({ rawHeaders }) => ({
      lane: rawHeaders.includes('release-v1'),
      debug: rawHeaders.includes('on'),
    }))
    expect(sent).toEqual([
      { lane: true, debug: true },
      { lane: false, debug: false },
      { lane: true, debug: true },
    ])
  })

  it('is left alone where there is no lane', async () => {
    const upstream = await startUpstream()
    const { config } = await createClient().get(route(upstream, 'localhost', 'evil.com'))
    expect(config.beforeRedirect).toBeUndefined()
    expect(hopsOf(upstream)).toEqual([
      ['localhost', ''],
      ['evil.com', ''],
    ])
  })
})
