import { create } from 'axios'
import { Agent, fetch as undiciFetch } from 'undici'
import { expect, it, onTestFinished } from 'vitest'
import { registerInterceptor } from '../../src/axios.ts'
import { wrapFetch } from '../../src/fetch.ts'
import { createPropagator, run } from '../../src/index.ts'
import { loopbackAgent, toLoopback } from '../support/names.ts'
import { startUpstream } from '../support/server.ts'
import { installHere, send } from '../support/wire.ts'

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

it('H2: a thousand lanes that redirects led to a third party are kept in mind, and no more', async () => {
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
  expect(times.map(() => runIn('lane-a', currentLane))).toEqual(['lane-a', 'lane-a', 'lane-a'])
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
