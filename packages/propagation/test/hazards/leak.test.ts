import { create } from 'axios'
import { Agent, fetch as undiciFetch, interceptors, request } from 'undici'
import { expect, it, onTestFinished } from 'vitest'
import { registerInterceptor } from '../../src/axios.ts'
import { wrapFetch } from '../../src/fetch.ts'
import { createPropagator, run } from '../../src/index.ts'
import type { Propagator } from '../../src/index.ts'
import { laneUndici } from '../../src/undici.ts'
import { loopbackAgent, toLoopback } from '../support/names.ts'
import { startUpstream } from '../support/server.ts'
import { installHere, send } from '../support/wire.ts'

type Call = (url: string) => Promise<unknown>

it.each([true, false])(
  'H2: a redirect to a third party loses the lane, in fetch and axios (installed: %s)',
  async (isInstalled) => {
    const propagator = isInstalled ? installHere() : createPropagator()
    const dispatcher = new Agent({ connect: { lookup: toLoopback } })
    onTestFinished(async () => dispatcher.destroy())
    const laneFetch = wrapFetch(undiciFetch, { propagator })
    const client = create({ httpAgent: loopbackAgent(), proxy: false })
    registerInterceptor(client, { propagator })
    const { port, received } = await startUpstream()
    const url = `http://testbbb:${port}/to?${encodeURIComponent(`http://evil.com:${port}/`)}`
    await run('a', async () => (await laneFetch(url, { dispatcher })).text())
    await run('a', async () => client.get(url))
    expect(received.map(({ host, lanes }) => [host.split(':')[0], lanes.join()])).toEqual([
      ['testbbb', 'a'],
      ['evil.com', ''],
      ['testbbb', 'a'],
      ['evil.com', ''],
    ])
  },
)

it('H10, H2: a thousand lanes that redirects led to a third party are kept in mind, and no more', async () => {
  const propagator = createPropagator()
  const dispatcher = new Agent({ connections: 40, connect: { lookup: toLoopback } })
  onTestFinished(async () => dispatcher.destroy())
  const laneFetch = wrapFetch(undiciFetch, { propagator })
  const { port, received } = await startUpstream()
  const outside = `http://third.example:${port}/`
  const url = `http://testbbb:${port}/to?${encodeURIComponent(outside)}`
  const lanes = Array.from({ length: 1001 }, (_, index) => `lane-${index}`)
  const redirect = async (lane: string): Promise<unknown> =>
    run(lane, async () => (await laneFetch(url, { dispatcher })).text())
  await redirect('lane-0')
  await redirect('lane-1')
  await Promise.all(lanes.slice(2).map(redirect))
  expect(
    received.filter(({ host, lanes: sent }) => host.startsWith('third') && sent.length > 0),
  ).toEqual([])
  received.length = 0
  for (const lane of ['lane-0', 'lane-1']) {
    await undiciFetch(outside, { dispatcher, headers: { 'project-version': lane } })
  }
  expect(received.map(({ lanes: sent }) => sent)).toEqual([['lane-0'], []])
})

// Each with a header that no other test has guarded.
it.each<[string, string, (propagator: Propagator, dispatcher: Agent) => Call]>([
  [
    'fetch',
    'x-fetch-lane',
    (propagator, dispatcher) => async (url) =>
      wrapFetch(undiciFetch, { propagator })(url, { dispatcher }),
  ],
  [
    'undici',
    'x-undici-lane',
    (propagator, dispatcher) => {
      const inLane = dispatcher.compose(
        interceptors.redirect({ maxRedirections: 5 }),
        laneUndici({ propagator }),
      )
      return async (url) => (await request(url, { dispatcher: inLane })).body.text()
    },
  ],
])(
  'H2: a redirect loses what was put on by %s, with nothing else to guard it, and nothing that was set there by hand',
  async (_, header, connect) => {
    const propagator = createPropagator({ header })
    const dispatcher = new Agent({ connect: { lookup: toLoopback } })
    onTestFinished(async () => dispatcher.destroy())
    const { port, received } = await startUpstream()
    const third = `http://evil.com:${port}/`
    const call = connect(propagator, dispatcher)
    await propagator.run('a', async () =>
      call(`http://testbbb:${port}/to?${encodeURIComponent(third)}`),
    )
    await request(third, { dispatcher, headers: { [header]: 'mine' } })
    const seen = received.map(({ rawHeaders }) => rawHeaders[rawHeaders.indexOf(header) + 1])
    const isThere = received.map(({ rawHeaders }) => rawHeaders.includes(header))
    expect([isThere, seen[0], seen[2]]).toEqual([[true, false, true], 'a', 'mine'])
  },
)

it('H14: a destination is judged by its host, never by text that stands somewhere in the URL', () => {
  const { explain } = createPropagator({ targets: ['api.example.com', /^b\.example\.com$/] })
  const urls = [
    'https://evil.com/?next=api.example.com',
    'https://evil.com/testbbb.test-istio.svc.cluster.local',
    'https://api.example.com@evil.com/',
    'https://evil.com#b.example.com',
    'https://api.example.com.evil.com/',
    'https://evil-api.example.com/',
    'https://xb.example.com/',
    'https://localhost.evil.com/',
    'http://127.0.0.1.evil.com/',
  ]
  expect(urls.filter((url) => explain(url).send)).toEqual([])
  expect(explain('https://API.example.com:444/x').send).toBe(true)
})

it('H15: a pattern with `g` or `y` answers the same each time', () => {
  const {
    explain,
    run: runIn,
    currentLane,
  } = createPropagator({
    targets: [/example/g, /^corp/y],
    pattern: /lane-[a-z]/gy,
  })
  const times = [1, 2, 3]
  expect(times.map(() => explain('http://a.example.com').send)).toEqual([true, true, true])
  expect(times.map(() => explain('http://corp.example').send)).toEqual([true, true, true])
  // Each another one, for what was checked once is not checked again.
  const lanes = ['lane-a', 'lane-b', 'lane-c']
  expect(lanes.map((lane) => runIn(lane, currentLane))).toEqual(lanes)
})

it('H16: a request that is signed, or goes where nobody asked us to send, has no lane', async () => {
  const { inject, run: runIn, counters } = installHere({ targets: ['s3.example.com'] })
  const { port, received } = await startUpstream()
  const authorization = 'AWS4-HMAC-SHA256 Credential=x'
  const agent = loopbackAgent()
  await runIn('a', async () => {
    await send({ host: 's3.example.com', port, agent, headers: { authorization } })
    await send({ host: 'api.bank.example', port, agent })
    await send({ host: 's3.example.com', port, agent })
    const headers = { Authorization: authorization }
    expect(inject(headers, { url: 'https://s3.example.com' })).toBe(false)
  })
  expect(received.map(({ lanes }) => lanes)).toEqual([[], [], ['a']])
  expect(counters()).toMatchObject({ withheld: 3 })
})
