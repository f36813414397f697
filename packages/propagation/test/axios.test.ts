import { setImmediate as turn } from 'node:timers/promises'
import { AxiosHeaders, create } from 'axios'
import type { AxiosInstance, AxiosRequestConfig } from 'axios'
import { describe, expect, it } from 'vitest'
import { createPropagator, currentLane, run } from '../src/index.ts'
import { registerInterceptor } from '../src/axios.ts'
import { createBarrier, createSignal } from './support/barrier.ts'
import { loopbackAgent } from './support/names.ts'
import { startUpstream } from './support/server.ts'
import type { Upstream } from './support/server.ts'

function createClient(config: AxiosRequestConfig = {}): AxiosInstance {
  const client = create(config)
  registerInterceptor(client)
  return client
}

/** The lanes on the wire of what `send` does in lane release-v1, one list for each request. */
async function lanesOf(
  send: (upstream: Upstream) => Promise<unknown>,
): Promise<Array<readonly string[]>> {
  const upstream = await startUpstream()
  await run('release-v1', async () => send(upstream))
  return upstream.received.map(({ lanes }) => lanes)
}

describe.each(['http', 'fetch'] as const)('registerInterceptor, %s adapter', (adapter) => {
  it('sends the lane, and nothing where there is none', async () => {
    const client = createClient({ adapter })
    expect(await lanesOf(async ({ url }) => client.get(url))).toEqual([['release-v1']])
    const upstream = await startUpstream()
    await client.get(upstream.url)
    expect(upstream.received.map(({ lanes }) => lanes)).toEqual([[]])
  })

  it('sends it with each method, and leaves body and headers as they are', async () => {
    const client = createClient({ adapter })
    const upstream = await startUpstream()
    await run('release-v1', async () => {
      await client.post(upstream.url, { a: 1 }, { headers: { 'X-Own': '1' } })
      await client.put(upstream.url, 'text')
      await client.delete(upstream.url)
      await client.request({ url: upstream.url, method: 'patch', data: new URLSearchParams('b=2') })
    })
    expect(upstream.received.map(({ lanes, body }) => [lanes, body])).toEqual([
      [['release-v1'], '{"a":1}'],
      [['release-v1'], 'text'],
      [['release-v1'], ''],
      [['release-v1'], 'b=2'],
    ])
    const [posted, , , patched] = upstream.received.map(({ rawHeaders }) =>
      rawHeaders.join('\n').toLowerCase(),
    )
    expect(posted).toContain('x-own\n1')
    expect(posted).toContain('content-type\napplication/json')
    expect(patched).toContain('content-type\napplication/x-www-form-urlencoded')
  })

  it('H4 lets a header of the caller win, in any case, even one that is switched off', async () => {
    const client = createClient({ adapter })
    const withDefault = createClient({ adapter, headers: { 'PROJECT-Version': 'default' } })
    const lanes = await lanesOf(async ({ url }) => {
      await client.get(url, { headers: { 'Project-Version': 'explicit' } })
      await client.get(url, { headers: new AxiosHeaders({ 'project-version': 'explicit' }) })
      await client.get(url, { headers: { 'project-version': null } })
      await withDefault.get(url)
    })
    expect(lanes).toEqual([['explicit'], ['explicit'], [], ['default']])
  })

  it('H5 changes nothing that belongs to the caller', async () => {
    const headers = Object.freeze({ 'X-Own': '1' })
    const axiosHeaders = new AxiosHeaders({ 'X-Own': '1' })
    const transformRequest = Object.freeze([(data: unknown) => data])
    const client = createClient({ adapter })
    await lanesOf(async ({ url }) => {
      const config = Object.freeze({ url, headers })
      await client.request(config)
      await client.get(url, { headers: axiosHeaders, transformRequest: [...transformRequest] })
      expect(config).toEqual({ url, headers })
    })
    expect(axiosHeaders.toJSON()).toEqual({ 'X-Own': '1' })
    expect(JSON.stringify(client.defaults.headers)).not.toContain('project-version')
  })

  it('H5, H12 keeps requests apart whose interceptors put the same objects there', async () => {
    const shared = new AxiosHeaders({ 'X-Own': '1' })
    const client = create({ adapter })
    const transformRequest: unknown[] = []
    const put = { headers: shared, transformRequest }
    registerInterceptor(client)
    client.interceptors.request.use((config) => Object.assign(config, put))
    const upstream = await startUpstream()
    const lanes = ['release-v1', 'release-v2', 'release-v3']
    await Promise.all(lanes.map(async (lane) => run(lane, async () => client.get(upstream.url))))
    expect(upstream.received.map(({ lanes: sent }) => sent[0]).toSorted()).toEqual(lanes)
    expect(shared.has('project-version')).toBe(false)
    expect(transformRequest).toEqual([])
  })

  it('H18 works once when it is registered twice, until both are undone', async () => {
    const propagator = createPropagator()
    const client = create({ adapter })
    const undoes = [1, 2].map(() => registerInterceptor(client, { propagator }))
    const send = async (): Promise<unknown> => {
      const upstream = await startUpstream()
      await propagator.run('release-v1', async () => client.get(upstream.url))
      return upstream.received[0]?.lanes
    }
    expect(await send()).toEqual(['release-v1'])
    expect(propagator.counters()).toMatchObject({ injected: 1, kept: 0 })
    undoes[0]?.()
    undoes[0]?.()
    expect(await send()).toEqual(['release-v1'])
    undoes[1]?.()
    expect(await send()).toEqual([])
  })

  it('H18 sends one header for several propagators', async () => {
    const client = createClient({ adapter })
    registerInterceptor(client, { propagator: createPropagator() })
    expect(await lanesOf(async ({ url }) => client.get(url))).toEqual([['release-v1']])
  })

  it('sends the headers of two propagators, each in its own lane', async () => {
    const client = createClient({ adapter })
    const other = createPropagator({ header: 'x-lane' })
    registerInterceptor(client, { propagator: other })
    const { url, received } = await startUpstream()
    await run('release-v1', async () => other.run('debug', async () => client.get(url)))
    const rawHeaders = received[0]?.rawHeaders ?? []
    expect(received[0]?.lanes).toEqual(['release-v1'])
    expect(rawHeaders[rawHeaders.indexOf('x-lane') + 1]).toBe('debug')
  })

  it('H4 lets a header of the caller win for a config that is sent again', async () => {
    const client = createClient({ adapter })
    const lanes = await lanesOf(async ({ url }) => {
      const { config } = await client.get(url)
      config.headers.set('Project-Version', 'mine')
      await client.request(config)
    })
    expect(lanes).toEqual([['release-v1'], ['mine']])
  })

  it('resolves baseURL and relative URLs as axios does', async () => {
    const upstream = await startUpstream()
    const { url } = upstream
    await run('release-v1', async () => {
      await createClient({ adapter, baseURL: url }).get('a')
      await createClient({ adapter, baseURL: `${url}/base/` }).get('/b')
      await createClient({ adapter, baseURL: url }).get('')
      await createClient({ adapter, baseURL: 'https://example.com' }).get(`${url}/absolute`)
      await createClient({ adapter, baseURL: url, allowAbsoluteUrls: false }).get('https://a.com')
    })
    expect(upstream.received.map(({ url: path, lanes }) => [path, lanes.join()])).toEqual([
      ['/a', 'release-v1'],
      ['/base/b', 'release-v1'],
      ['/', 'release-v1'],
      ['/absolute', 'release-v1'],
      ['/https://a.com', 'release-v1'],
    ])
  })

  it('H16 sends nothing outside the cluster, an address that is not loopback say', async () => {
    const client = createClient({ adapter })
    const lanes = await lanesOf(async ({ port }) => {
      await client.get(`http://0.0.0.0:${port}`)
      await client.get('/', { baseURL: `http://0.0.0.0:${port}` })
      // A path that is a whole URL leads away from the base.
      await client.get(`http://0.0.0.0:${port}`, { baseURL: `http://localhost:${port}` })
    })
    expect(lanes).toEqual([[], [], []])
  })
})

it('H4, H6 lets a default of axios 0.27 win, which waits under the name of a method, or `common`', async () => {
  const { default: axios } = await import('axios-0')
  const named: object = Reflect.apply(Reflect.get(axios, 'create'), axios, [])
  const defaults: unknown = Reflect.get(Reflect.get(named, 'defaults'), 'headers')
  const get: unknown = Reflect.get(named, 'get')
  const client: AxiosInstance = Object(named)
  registerInterceptor(client)
  const lanes = await lanesOf(async ({ url }) => {
    for (const layer of ['common', 'get']) {
      Reflect.set(Reflect.get(Object(defaults), layer), 'Project-Version', layer)
      await Reflect.apply(Object(get), named, [url])
      Reflect.deleteProperty(Reflect.get(Object(defaults), layer), 'Project-Version')
    }
  })
  expect(lanes).toEqual([['common'], ['get']])
})

describe('registerInterceptor and third parties', () => {
  it('H16 sends nothing to them, looked at on the wire', async () => {
    const client = createClient({ httpAgent: loopbackAgent(), proxy: false })
    const upstream = await startUpstream()
    const hosts = ['testbbb.test-istio', 'evil.com', 'localhost.evil.com', 'svc@evil.com']
    await run('release-v1', async () => {
      for (const host of hosts) await client.get(`http://${host}:${upstream.port}/`)
      await client.get('/', { baseURL: `http://api.evil.com:${upstream.port}` })
    })
    const sent = upstream.received.map(({ host, lanes }) => [
      host.replace(/:\d+$/, ''),
      lanes.join(),
    ])
    expect(sent).toEqual([
      ['testbbb.test-istio', 'release-v1'],
      ['evil.com', ''],
      ['localhost.evil.com', ''],
      ['evil.com', ''],
      ['api.evil.com', ''],
    ])
  })

  it('H4 leaves them a header that the caller sets, even one that is the lane', async () => {
    const client = createClient({ httpAgent: loopbackAgent(), proxy: false })
    const headers = { 'project-version': 'release-v1' }
    const lanes = await lanesOf(async ({ port }) =>
      client.get(`http://evil.com:${port}`, { headers }),
    )
    expect(lanes).toEqual([['release-v1']])
  })

  it('H16 judges the URL that is requested, whichever interceptor set it', async () => {
    const upstream = await startUpstream()
    const aim = async (from: string, to: string, first: boolean): Promise<unknown> => {
      const client = create({ httpAgent: loopbackAgent(), proxy: false })
      if (first) registerInterceptor(client)
      client.interceptors.request.use((config) => Object.assign(config, { baseURL: to }))
      if (!first) registerInterceptor(client)
      await run('release-v1', async () => client.get('/', { baseURL: from }))
      return upstream.received.at(-1)?.lanes
    }
    const [inside, outside] = [upstream.url, `http://evil.com:${upstream.port}`]
    for (const first of [true, false]) {
      expect(await aim(inside, outside, first)).toEqual([])
      expect(await aim(outside, inside, first)).toEqual(['release-v1'])
    }
  })
})

describe('the lane', () => {
  it('H1 is that of the call, for requests that an asynchronous interceptor holds up', async () => {
    const meet = createBarrier(3)
    const upstream = await startUpstream()
    for (const first of [true, false]) {
      const client = create()
      if (first) registerInterceptor(client)
      client.interceptors.request.use(async (config) => {
        await meet()
        return config
      })
      if (!first) registerInterceptor(client)
      const get = async (path: string): Promise<unknown> => client.get(`${upstream.url}/${path}`)
      await Promise.all([
        run('release-v1', async () => get('release-v1')),
        run('release-v2', async () => get('release-v2')),
        get('undefined'),
      ])
    }
    expect(upstream.received).toHaveLength(6)
    for (const { url, lanes } of upstream.received) expect(`/${lanes[0]}`).toBe(url)
  })

  it('H13 is that of the call, for a request that another one\u2019s end lets go', async () => {
    // A limit of one request at a time, as libraries build it: whoever ends calls the next one's resolve.
    const waiting: Array<() => void> = []
    const client = createClient()
    let running = 0
    client.interceptors.request.use(async (config) => {
      if (running > 0) await new Promise<void>((resolve) => waiting.push(resolve))
      running += 1
      return config
    })
    client.interceptors.response.use((response) => {
      running -= 1
      waiting.shift()?.()
      return response
    })
    const upstream = await startUpstream()
    const lanes = ['release-v1', 'release-v2', 'release-v3']
    await Promise.all(
      lanes.map(async (lane) => run(lane, async () => client.get(`${upstream.url}/${lane}`))),
    )
    expect(upstream.received.map(({ url, lanes: sent }) => [url, sent.join()])).toEqual(
      lanes.map((lane) => [`/${lane}`, lane]),
    )
  })

  it('is that of the call, for a scope that ended long before', async () => {
    const gate = createSignal()
    const client = createClient()
    client.interceptors.request.use(async (config) => {
      await gate.fired
      return config
    })
    const upstream = await startUpstream()
    const pending = run('release-v1', async () => client.get(upstream.url))
    await run('release-v2', async () => {
      await turn()
      gate.fire()
      await pending
    })
    expect(upstream.received[0]?.lanes).toEqual(['release-v1'])
  })

  it('is not the one that an interceptor opened for itself', async () => {
    const client = createClient()
    client.interceptors.request.use(async (config) =>
      run('release-v9', async () => {
        await turn()
        return config
      }),
    )
    expect(await lanesOf(async ({ url }) => client.get(url))).toEqual([['release-v1']])
  })

  it('is still there for the code after the call', async () => {
    const client = createClient()
    const upstream = await startUpstream()
    await run('release-v1', async () => {
      await client.get(upstream.url)
      expect(currentLane()).toBe('release-v1')
    })
  })
})

describe('a config that is sent again', () => {
  it('keeps its lane, wherever the retry runs', async () => {
    const client = createClient()
    const upstream = await startUpstream()
    const { config } = await run('release-v1', async () => client.get(upstream.url))
    await client.request(config)
    await run('release-v2', async () => client.request(config))
    expect(upstream.received.map(({ lanes }) => lanes)).toEqual(
      Array.from({ length: 3 }, () => ['release-v1']),
    )
  })

  it('loses it where it goes to a third party', async () => {
    const client = createClient({ httpAgent: loopbackAgent(), proxy: false })
    const upstream = await startUpstream()
    await run('release-v1', async () => {
      const { config } = await client.get(upstream.url)
      await client.request({ ...config, url: `http://evil.com:${upstream.port}` })
      await client.request({ ...config, url: upstream.url })
    })
    expect(upstream.received.map(({ lanes }) => lanes)).toEqual([
      ['release-v1'],
      [],
      ['release-v1'],
    ])
  })

  it('is judged anew without its transforms, which axios-retry takes away', async () => {
    const client = createClient({ httpAgent: loopbackAgent(), proxy: false })
    const upstream = await startUpstream()
    const config = await run('release-v1', async () => (await client.get(upstream.url)).config)
    const retried = { ...config, transformRequest: [(data: unknown) => data] }
    await run('release-v1', async () => {
      await client.request({ ...retried, url: `http://evil.com:${upstream.port}` })
    })
    await run('release-v2', async () => client.request(retried))
    expect(upstream.received.map(({ lanes }) => lanes)).toEqual([
      ['release-v1'],
      [],
      ['release-v2'],
    ])
  })

  it('keeps a header of the caller', async () => {
    const client = createClient()
    const lanes = await lanesOf(async ({ url }) => {
      const { config } = await client.get(url, { headers: { 'project-version': 'explicit' } })
      await client.request(config)
    })
    expect(lanes).toEqual([['explicit'], ['explicit']])
  })
})

describe('H7 a config that cannot be written', () => {
  it('is sent as it is', async () => {
    const client = create()
    registerInterceptor(client)
    client.interceptors.request.use((config) => Object.freeze(config))
    expect(await lanesOf(async ({ url }) => client.get(url))).toEqual([[]])
  })
})

describe('the interceptor', () => {
  it('is synchronous, so that axios goes on at once', () => {
    const client = createClient()
    expect(client.interceptors.request.handlers?.map(({ synchronous }) => synchronous)).toEqual([
      true,
    ])
  })
})
