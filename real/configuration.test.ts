import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { endpoints, startBackends } from './support/backends.ts'
import { startEnvoy } from './support/envoy.ts'
import type { Envoy } from './support/envoy.ts'
import { ask, seen } from './support/http.ts'
import type { Answer } from './support/http.ts'
import { anyPorts, lanes } from './support/lanes.ts'
import { Program, programPath } from './support/program.ts'
import { Resources } from './support/resources.ts'

const MANIFESTS = ['-f', 'real/fixtures/everything.yaml']
const CLIENT = ['envoy', '--from', 'deployment/lab/client', ...MANIFESTS]

const resources = new Resources()
let path = ''
let envoy: Envoy | undefined
let backends: ReadonlyMap<string, number> = new Map()

beforeEach(async (context) => {
  path = programPath(context, 'envoy')
  if (envoy !== undefined) return
  backends = await startBackends(resources, ['web-v1', 'web-v2'])
  const bootstrap = lanes(...CLIENT, ...endpoints(backends), ...anyPorts(8000, 8001, 8002))
  envoy = await startEnvoy(resources, path, bootstrap)
})
afterAll(() => resources.close())

function get(
  target: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Answer> {
  const port = envoy?.portOf('0.0.0.0_8000')
  return ask({ port, path: target, method, headers: { host: 'web.lab', ...headers } })
}

describe('what `lanes envoy` prints', () => {
  it.each(['gateway/test-istio/gateway', 'deployment/test-istio/testbbb-release'])(
    'is accepted by Envoy’s own check, in one piece and as files: %s',
    async (proxy) => {
      const file = join(resources.folder(), 'envoy.yaml')
      writeFileSync(file, lanes('envoy', '--from', proxy))
      const folder = resources.folder()
      const xds = lanes('envoy', '--from', proxy, '-o', folder).trim()
      for (const config of [file, xds]) {
        const check = new Program(path, ['--mode', 'validate', '-c', config, '-l', 'warning'])
        await check.says(/configuration '.*' OK/)
        await check.stop()
        expect(check.output.replace(/configuration '.*' OK\n/, '')).toBe('')
      }
    },
  )

  it('changes headers as the rule says', async () => {
    const answer = await get('/headers', { 'x-gone': '1', 'x-add': 'a' })
    expect(answer.headers['x-answer']).toBe('yes')
    const { headers } = seen(answer)
    expect(headers).toMatchObject({ 'x-set': '100%', 'x-host': 'web.lab', 'x-add': 'a, b' })
    expect(headers).not.toHaveProperty('x-gone')
  })

  it('rewrites paths and Host', async () => {
    expect(seen(await get('/old/a?b'))).toMatchObject({
      path: '/new/a?b',
      headers: { host: 'other.example.com' },
    })
    expect(seen(await get('/item/42'))).toMatchObject({ path: '/thing/42' })
  })

  it('splits by weight, with the headers of the arm', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => get('/weights')))
    const arms = answers.map((answer) => {
      const { servedBy, headers } = seen(answer)
      return `${servedBy} ${headers['x-arm']}`
    })
    expect([...new Set(arms)].toSorted()).toEqual(['web-v1 one', 'web-v2 two'])
  })

  it('answers by itself: faults, redirects, direct responses', async () => {
    expect(await get('/fault')).toMatchObject({ status: 418, body: 'fault filter abort' })
    expect(await get('/redirect')).toMatchObject({
      status: 308,
      headers: { location: 'http://example.com/there' },
    })
    expect(await get('/direct')).toMatchObject({ status: 203, body: 'said by the proxy' })
  })

  it('tests methods, headers, queries and paths in any case', async () => {
    const headers = { 'x-there': '', 'x-like': 'abc' }
    const target = '/conditions?q=1'
    expect(seen(await get(target, headers, 'POST')).servedBy).toBe('web-v2')
    for (const [url, given, method] of [
      [target, headers, 'GET'],
      ['/conditions?q=2', headers, 'POST'],
      [target, { 'x-like': 'abc' }, 'POST'],
      [target, { ...headers, 'x-like': 'abcd' }, 'POST'],
      [target, { ...headers, 'x-not': '1' }, 'POST'],
    ] as const)
      expect(await get(url, given, method)).toMatchObject({ status: 404 })
  })

  it('knows no cluster for a subset without a definition, no host for one without pods', async () => {
    expect(await get('/none')).toMatchObject({ status: 503, body: '' })
    await envoy?.logged(/"response_flags":"NC"/)
    expect(await get('/empty')).toMatchObject({ status: 503, body: 'no healthy upstream' })
    await envoy?.logged(/"response_flags":"UH"/)
  })

  it('looks into the bytes of a port without a protocol', async () => {
    const port = envoy?.portOf('sniffed.lab.svc.cluster.local_8001')
    const answer = await ask({ port, headers: { host: 'anything' } })
    expect(seen(answer).servedBy).toMatch(/^web-v[12]$/)
  })

  it('carries the bytes of a TCP port', async () => {
    const port = envoy?.portOf('bytes.lab.svc.cluster.local_8002')
    const answer = await ask({ port, headers: { host: 'anything' } })
    expect(seen(answer)).not.toHaveProperty('headers.x-request-id')
  })

  it('sends a copy to a mirror, marked so that nobody takes it for the request', async () => {
    const mirror = createServer((request, response) => {
      response.end()
      mirror.emit('asked', request.headers.host)
    })
    mirror.listen(0, '127.0.0.1')
    await once(mirror, 'listening')
    resources.add(mirror, async () => {
      mirror.closeAllConnections()
      await once(mirror.close(), 'close')
    })
    const ports = new Map([...backends, ['web-v2', portOf(mirror)]])
    const options = [...endpoints(ports), ...anyPorts(8000, 8001, 8002)]
    const { portOf: listener } = await startEnvoy(resources, path, lanes(...CLIENT, ...options))
    const asked = once(mirror, 'asked')
    const headers = { host: 'web.lab' }
    const answer = await ask({ port: listener('0.0.0.0_8000'), headers, path: '/mirror' })
    expect(seen(answer).servedBy).toBe('web-v1')
    expect(await asked).toEqual(['web.lab-shadow'])
  })

  it('times out', async () => {
    const slow = createServer(() => {})
    slow.listen(0, '127.0.0.1')
    await once(slow, 'listening')
    resources.add(slow, async () => {
      slow.closeAllConnections()
      await once(slow.close(), 'close')
    })
    const other = await startEnvoy(
      resources,
      path,
      lanes(
        ...CLIENT,
        ...anyPorts(8000, 8001, 8002),
        ...endpoints(new Map([['web-v1', portOf(slow)]])),
      ),
    )
    const port = other.portOf('0.0.0.0_8000')
    const headers = { host: 'web.lab' }
    expect(await ask({ port, headers, path: '/slow' })).toMatchObject({ status: 504 })
  })
})

function portOf(server: ReturnType<typeof createServer>): number {
  const address = server.address()
  return address !== null && typeof address === 'object' ? address.port : 0
}
