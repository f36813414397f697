import { setImmediate as turn } from 'node:timers/promises'
import {
  Agent,
  Headers as UndiciHeaders,
  Request as UndiciRequest,
  fetch as undiciFetch,
} from 'undici'
import { afterEach, describe, expect, it } from 'vitest'
import { createPropagator, run } from '../src/index.ts'
import { laneFetch, wrapFetch } from '../src/fetch.ts'
import { toLoopback } from './support/names.ts'
import { startUpstream } from './support/server.ts'
import type { Upstream } from './support/server.ts'

/** The lanes on the wire of what `send` does in lane release-v1, one list for each request. */
async function lanesOf(
  send: (upstream: Upstream) => Promise<unknown>,
): Promise<Array<readonly string[]>> {
  const upstream = await startUpstream()
  await run('release-v1', async () => send(upstream))
  return upstream.received.map(({ lanes }) => lanes)
}

/** The one request that `send` makes in lane release-v1. */
async function requestOf(
  send: (upstream: Upstream) => Promise<unknown>,
): Promise<Upstream['received'][number]> {
  const upstream = await startUpstream()
  await run('release-v1', async () => send(upstream))
  const [only, ...more] = upstream.received
  if (only === undefined || more.length > 0) throw new Error('Expected one request')
  return only
}

function stream(): ReadableStream<Uint8Array> {
  return new Blob(['streamed']).stream()
}

/** The message of the error with which a call fails. */
async function failureOf(call: typeof fetch, args: unknown[]): Promise<unknown> {
  return Reflect.apply(call, undefined, args).then(
    () => 'none',
    (error: unknown) => String(error),
  )
}

describe('laneFetch', () => {
  it('sends the lane, and nothing where there is none', async () => {
    expect(await lanesOf(async ({ url }) => laneFetch(url))).toEqual([['release-v1']])
    const upstream = await startUpstream()
    await laneFetch(upstream.url)
    expect(upstream.received.map(({ lanes }) => lanes)).toEqual([[]])
  })

  it('takes the lane at the call, not when the connection is made', async () => {
    const upstream = await startUpstream()
    const fetching = run('release-v1', async () => laneFetch(upstream.url))
    await run('release-v2', async () => {
      await turn()
      await fetching
    })
    expect(upstream.received[0]?.lanes).toEqual(['release-v1'])
  })

  it('H6 takes every shape of its arguments', async () => {
    const init = { headers: { 'x-own': '1' } }
    const own = Object.entries(init.headers)
    const sends: Array<(url: string) => Promise<unknown>> = [
      async (url) => laneFetch(url),
      async (url) => laneFetch(new URL(url)),
      async (url) => laneFetch(new Request(url)),
      async (url) => laneFetch(url, {}),
      async (url) => laneFetch(url, init),
      async (url) => laneFetch(url, { headers: [['x-own', '1']] }),
      async (url) => laneFetch(url, { headers: new Headers(init.headers) }),
      async (url) => Reflect.apply(laneFetch, undefined, [url, { headers: new Map(own) }]),
      async (url) => Reflect.apply(laneFetch, undefined, [url, { headers: own.values() }]),
      async (url) => laneFetch(new Request(url, init)),
      async (url) => laneFetch(new Request(url, init), {}),
      async (url) => laneFetch(new Request(url), init),
      async (url) => laneFetch(url, new Request(url, init)),
      async (url) => laneFetch(url, Object.create(init)),
    ]
    const upstream = await startUpstream()
    await run('release-v1', async () => {
      for (const send of sends) await send(upstream.url)
    })
    expect(upstream.received.map(({ lanes }) => lanes)).toEqual(sends.map(() => ['release-v1']))
    const kept = upstream.received.map(({ rawHeaders }) => rawHeaders.includes('x-own'))
    expect(kept).toEqual(sends.map((_, index) => index > 3))
  })

  it('H4, H6 lets a header of the caller win, in each shape and any case', async () => {
    const explicit = { 'Project-Version': 'explicit' }
    const oneShot = (): Iterator<[string, string]> => Object.entries(explicit).values()
    const sends: Array<(url: string) => Promise<unknown>> = [
      async (url) => laneFetch(url, { headers: explicit }),
      async (url) => laneFetch(url, { headers: [['PROJECT-VERSION', 'explicit']] }),
      async (url) => laneFetch(url, { headers: new Headers(explicit) }),
      async (url) => Reflect.apply(laneFetch, undefined, [url, { headers: oneShot() }]),
      async (url) => laneFetch(new Request(url, { headers: explicit })),
      async (url) => laneFetch(url, new Request(url, { headers: explicit })),
    ]
    const lanes = await lanesOf(async ({ url }) => {
      for (const send of sends) await send(url)
    })
    expect(lanes).toEqual(sends.map(() => ['explicit']))
  })

  it('H3 adds no second line beside an undefined value, which fetch sends as text', async () => {
    const headers: Record<string, string> = JSON.parse('{}')
    Reflect.set(headers, 'Project-Version', undefined)
    expect(await lanesOf(async ({ url }) => laneFetch(url, { headers }))).toEqual([['undefined']])
  })

  it('H5 changes nothing that belongs to the caller', async () => {
    const record = Object.freeze({ 'x-own': '1' })
    const pairs: [string, string][] = [['x-own', '1']]
    const headers = new Headers(record)
    const init = { headers: record }
    const lanes = await lanesOf(async ({ url }) => {
      const request = new Request(url, { headers: record })
      const address = new URL(url)
      await laneFetch(address, init)
      await laneFetch(url, { headers: pairs })
      await laneFetch(url, { headers })
      await laneFetch(request)
      expect(request.headers.has('project-version')).toBe(false)
      expect(address.href).toBe(`${url}/`)
    })
    expect(lanes).toEqual(Array.from({ length: 4 }, () => ['release-v1']))
    expect(record).toEqual({ 'x-own': '1' })
    expect(pairs).toEqual([['x-own', '1']])
    expect([...headers]).toEqual([['x-own', '1']])
    expect(init.headers).toBe(record)
  })

  it('H6 keeps method, body and stream, with `duplex`', async () => {
    const init = { method: 'POST', duplex: 'half' } as const
    const inInit = await requestOf(async ({ url }) => laneFetch(url, { ...init, body: stream() }))
    const inRequest = await requestOf(async ({ url }) =>
      laneFetch(new Request(url, { ...init, body: stream() })),
    )
    const asInit = await requestOf(async ({ url }) =>
      laneFetch(url, new Request(url, { ...init, body: stream() })),
    )
    for (const { body, lanes, rawHeaders } of [inInit, inRequest, asInit]) {
      expect([body, lanes]).toEqual(['streamed', ['release-v1']])
      expect(rawHeaders.join(' ').toLowerCase()).toContain('transfer-encoding chunked')
    }
  })

  it('keeps the signal of init and of a Request', async () => {
    const { url } = await startUpstream()
    const signal = AbortSignal.abort(new Error('enough'))
    await run('release-v1', async () => {
      await expect(laneFetch(url, { signal })).rejects.toThrow('enough')
      await expect(laneFetch(new Request(url, { signal }))).rejects.toThrow('enough')
    })
  })

  it('keeps the referrer of a Request', async () => {
    const seen: Request[] = []
    const noting = wrapFetch(async (input: Request, init?: RequestInit): Promise<void> => {
      seen.push(new Request(input, init))
    })
    const referrer = 'http://front.test-istio/page'
    const given = new Request('http://testbbb', { referrer, referrerPolicy: 'origin' })
    await run('release-v1', async () => noting(given))
    expect(seen.map((request) => [request.referrer, request.referrerPolicy])).toEqual([
      [referrer, 'origin'],
    ])
    expect(seen[0]?.headers.get('project-version')).toBe('release-v1')
  })

  it('H7 fails as fetch does, with its own errors', async () => {
    const used = new Request('http://testbbb', { method: 'POST', body: 'a' })
    await used.text()
    const failures: Array<[unknown, unknown?]> = [
      ['/relative'],
      [undefined],
      ['http://localhost', { headers: null }],
      ['http://localhost', { headers: 'a: b' }],
      ['http://localhost', { headers: { 'a b': 'c' } }],
      ['http://localhost', { headers: [['a']] }],
      ['http://localhost', 5],
      [used],
    ]
    await run('release-v1', async () => {
      for (const args of failures) {
        const expected = await failureOf(fetch, args)
        expect(expected).toContain('TypeError')
        expect(await failureOf(laneFetch, args)).toBe(expected)
      }
    })
  })
})

describe('laneFetch and the global fetch', () => {
  const original = globalThis.fetch
  afterEach(() => {
    globalThis.fetch = original
  })

  it('looks the global one up at the call', async () => {
    const seen: unknown[] = []
    globalThis.fetch = async (_input, init) => {
      seen.push(init?.headers)
      return new Response('replaced')
    }
    const response = await run('release-v1', async () => laneFetch('http://testbbb'))
    expect(await response.text()).toBe('replaced')
    expect(seen).toEqual([{ 'project-version': 'release-v1' }])
  })

  it('H18 works once where the global one is wrapped as well', async () => {
    globalThis.fetch = wrapFetch(original)
    expect(await lanesOf(async ({ url }) => laneFetch(url))).toEqual([['release-v1']])
    globalThis.fetch = wrapFetch(original, { propagator: createPropagator() })
    expect(await lanesOf(async ({ url }) => laneFetch(url))).toEqual([['release-v1']])
  })

  it('does not call itself for ever when it is made the global one', async () => {
    globalThis.fetch = laneFetch
    expect(await lanesOf(async ({ url }) => fetch(url))).toEqual([['release-v1']])
  })
})

describe('wrapFetch', () => {
  it('looks like the fetch that it wraps, with what that one bears', () => {
    const own = Object.assign(async (input: string) => fetch(input), { Headers: UndiciHeaders })
    const wrapped = wrapFetch(own)
    expect([wrapped.length, wrapped.Headers]).toEqual([1, UndiciHeaders])
    const { name, length } = wrapFetch(fetch)
    expect([name, length]).toEqual([fetch.name, fetch.length])
  })

  it('wraps a fetch of one\u2019s own, with its own Request and Headers', async () => {
    const fetchInLane = wrapFetch(undiciFetch)
    const headers = { 'x-own': '1' }
    const lanes = await lanesOf(async ({ url }) => {
      await fetchInLane(url)
      await fetchInLane(new UndiciRequest(url, { headers }))
      await fetchInLane(url, { headers: new UndiciHeaders(headers) })
    })
    expect(lanes).toEqual([['release-v1'], ['release-v1'], ['release-v1']])
  })

  it('H18 does not wrap twice', () => {
    const propagator = createPropagator()
    const once = wrapFetch(fetch)
    expect(wrapFetch(once)).toBe(once)
    expect(wrapFetch(laneFetch)).toBe(laneFetch)
    const own = wrapFetch(once, { propagator })
    expect(own).not.toBe(once)
    expect(wrapFetch(own, { propagator })).toBe(own)
  })

  it('H18 sends one header through nested wraps of several propagators', async () => {
    const nested = wrapFetch(wrapFetch(fetch), { propagator: createPropagator() })
    expect(await lanesOf(async ({ url }) => nested(url))).toEqual([['release-v1']])
  })

  it('passes `this` and the very same arguments on where there is no lane', async () => {
    const client = {
      seen: [] as unknown[],
      fetch: wrapFetch(async function fetchOwn(this: { seen: unknown[] }, ...args: unknown[]) {
        this.seen.push(...args)
      }),
    }
    const init = { headers: {} }
    await client.fetch('http://testbbb', init)
    expect(client.seen).toEqual(['http://testbbb', init])
    expect(client.seen[1]).toBe(init)
    await run('release-v1', async () => client.fetch('https://example.com', init))
    expect(client.seen[3]).toBe(init)
  })

  it('H16 sends nothing to third parties, looked at on the wire', async () => {
    const dispatcher = new Agent({ connect: { lookup: toLoopback } })
    const fetchInLane = wrapFetch(undiciFetch)
    const upstream = await startUpstream()
    const hosts = ['testbbb.test-istio', 'evil.com', 'localhost.evil.com', 'testbbb.svc.evil.com']
    await run('release-v1', async () => {
      for (const host of hosts) {
        await fetchInLane(`http://${host}:${upstream.port}`, { dispatcher })
      }
      await fetchInLane(`http://svc@evil.com:${upstream.port}`, { dispatcher }).catch(() => {})
    })
    await dispatcher.close()
    const sent = upstream.received.map(({ host, lanes }) => [host.replace(/:\d+$/, ''), lanes])
    expect(sent).toEqual([
      ['testbbb.test-istio', ['release-v1']],
      ['evil.com', []],
      ['localhost.evil.com', []],
      ['testbbb.svc.evil.com', []],
    ])
  })

  it('sends to a third party that `targets` names', async () => {
    const dispatcher = new Agent({ connect: { lookup: toLoopback } })
    const propagator = createPropagator({ targets: ['*.partner.example'] })
    const fetchInLane = wrapFetch(undiciFetch, { propagator })
    const lanes = await lanesOf(async ({ port }) => {
      await fetchInLane(`http://api.partner.example:${port}`, { dispatcher })
    })
    await dispatcher.close()
    expect(lanes).toEqual([['release-v1']])
  })
})
