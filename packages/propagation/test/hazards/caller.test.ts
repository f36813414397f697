import { Agent } from 'node:http'
import axios from 'axios'
import { expect, it, onTestFinished } from 'vitest'
import { registerInterceptor } from '../../src/axios.ts'
import { laneFetch } from '../../src/fetch.ts'
import { createPropagator, run } from '../../src/index.ts'
import { startUpstream } from '../support/server.ts'
import type { Upstream } from '../support/server.ts'
import { installHere, send } from '../support/wire.ts'

/** Every way to request that this process has, all of them with our integrations. */
async function requestEach(
  { port, url }: Upstream,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  await send({ port, headers })
  await axios.get(url, { headers })
  await (await fetch(url, { headers })).text()
  await (await laneFetch(url, { headers })).text()
}

function integrate(): void {
  const propagator = installHere()
  onTestFinished(registerInterceptor(axios, { propagator }))
}

it('H3: a repeated header is one line on the way out, and no lane on the way in unless all are equal', async () => {
  integrate()
  const upstream = await startUpstream()
  await run('a', async () => requestEach(upstream, {}))
  await run('a', async () => requestEach(upstream, { 'PROJECT-VERSION': 'mine' }))
  expect(upstream.received.map(({ lanes }) => lanes.join('; '))).toEqual([
    ...Array<string>(4).fill('a'),
    ...Array<string>(4).fill('mine'),
  ])
  const { extract } = createPropagator()
  const values = ['a, a', ['a', 'a'], 'a, b', ['a', 'b']]
  const name = 'Project-Version'
  const lanesOf = (carriers: object[]): unknown[] =>
    carriers.map((one) => extract(one)['project-version'])
  expect(lanesOf(twice(name, 'a', 'a'))).toEqual(['a', 'a', 'a'])
  expect(lanesOf(twice(name, 'a', 'b'))).toEqual([undefined, undefined, undefined])
  expect(values.map((value) => extract({ 'project-version': value }))).toEqual([
    { 'project-version': 'a' },
    { 'project-version': 'a' },
    {},
    {},
  ])
})

/** Carriers that hold two values of one header. */
function twice(name: string, first: string, second: string): object[] {
  const pairs = [
    [name.toLowerCase(), first],
    [name, second],
  ]
  return [pairs, new Map(Object.entries(Object.fromEntries(pairs))), Object.fromEntries(pairs)]
}

it('H4: a header that the caller set wins over the lane', async () => {
  integrate()
  const upstream = await startUpstream()
  await run('a', async () => requestEach(upstream, { 'Project-Version': 'mine' }))
  expect(upstream.received.map(({ lanes }) => lanes.join())).toEqual(Array(4).fill('mine'))
})

it('H5: nothing that belongs to the caller is written to', async () => {
  integrate()
  const { port, url, received } = await startUpstream()
  const agent = new Agent()
  const headers = Object.freeze({ 'x-own': '1' })
  const list = Object.freeze(['x-own', '1', 'host', 'localhost'])
  const init = Object.freeze({ headers: new Headers(headers) })
  const request = new Request(url, init)
  await run('a', async () => {
    await send(Object.freeze({ port, headers, agent }))
    await send(Object.freeze({ port, headers: list, agent }))
    await axios.get(url, Object.freeze({ headers }))
    await (await fetch(url, init)).text()
    await (await fetch(request)).text()
  })
  expect(received.map(({ lanes }) => lanes.join('; '))).toEqual(Array(5).fill('a'))
  expect([[...init.headers], [...request.headers]]).toEqual([[['x-own', '1']], [['x-own', '1']]])
})

it('H6: headers arrive whole in whichever shape they are given', async () => {
  integrate()
  const { port, url, received } = await startUpstream()
  const pairs: [string, string][] = [
    ['x-a', '1'],
    ['x-b', '2'],
  ]
  const host: [string, string] = ['host', 'localhost']
  await run('a', async () => {
    await send({ port, headers: Object.fromEntries(pairs) })
    await send({ port, headers: [...pairs, host].flat() })
    await send({ port, headers: [...pairs, host] })
    await (await fetch(url, { headers: pairs })).text()
    await (await fetch(url, { headers: new Headers(pairs) })).text()
    await (await fetch(new Request(url, { headers: pairs }))).text()
  })
  const seen = received.map(({ lanes, rawHeaders }) => {
    const values = ['x-a', 'x-b'].map((name) => rawHeaders[rawHeaders.indexOf(name) + 1])
    return [lanes.join(), ...values].join(' ')
  })
  expect(seen).toEqual(Array(6).fill('a 1 2'))
  expect(received.flatMap(({ rawHeaders }) => rawHeaders.filter((name) => name === '0'))).toEqual(
    [],
  )
})
