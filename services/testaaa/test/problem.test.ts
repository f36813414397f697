import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createApp } from '../src/app.ts'
import { call } from '../src/upstream.ts'
import { quiet, startApp } from './app.ts'
import { startUpstream } from './upstream.ts'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

const badGateway = (detail: unknown): object => ({
  type: 'about:blank',
  title: 'Bad Gateway',
  status: 502,
  detail,
})

describe.each([
  { path: '/', client: 'axios' },
  { path: '/fetch', client: 'fetch' },
])('GET $path, by $client, answers 502 with a problem', ({ path }) => {
  it('when testbbb refuses the connection', async () => {
    const testbbbUrl = `http://127.0.0.1:${await freePort()}/`
    const response = await startApp({ version: 'release-v1', testbbbUrl }).get(path).expect(502)
    expect(response.headers['content-type']).toBe('application/problem+json')
    expect(response.headers['x-served-by']).toBe('testaaa@release-v1')
    expect(JSON.parse(response.text)).toEqual(
      badGateway(
        expect.stringMatching(
          /^GET http:\/\/127\.0\.0\.1:\d+\/ failed: connect ECONNREFUSED 127\.0\.0\.1:\d+\.$/,
        ),
      ),
    )
  })

  it('when testbbb does not begin to answer in time', async () => {
    const testbbbUrl = await startUpstream(() => {})
    const response = await startApp({ testbbbUrl, timeout: 20 }).get(path).expect(502)
    expect(JSON.parse(response.text)).toEqual(
      badGateway(`GET ${testbbbUrl} failed: no whole answer within 20 ms.`),
    )
  })

  it('when testbbb does not end its answer in time', async () => {
    const testbbbUrl = await startUpstream((_request, response) => response.write('half'))
    const response = await startApp({ testbbbUrl, timeout: 100 }).get(path).expect(502)
    expect(JSON.parse(response.text)).toEqual(
      badGateway(`GET ${testbbbUrl} failed: no whole answer within 100 ms.`),
    )
  })

  it('when testbbb closes in the middle of its answer', async () => {
    const testbbbUrl = await startUpstream((_request, response) => {
      response.writeHead(200, { 'content-length': '8' })
      response.write('half', () => response.destroy())
    })
    const response = await startApp({ testbbbUrl }).get(path).expect(502)
    expect(response.headers['x-served-by']).toBe('testaaa@release')
    expect(JSON.parse(response.text)).toEqual(
      badGateway(
        expect.stringMatching(
          /^GET http:\S+ failed: (stream has been aborted|other side closed|terminated)\.$/,
        ),
      ),
    )
  })

  it.each([500, 503, 404])('when testbbb answers %i, and lists who said so', async (status) => {
    const testbbbUrl = await startUpstream((_request, response) => {
      response.writeHead(status, { 'x-served-by': 'testbbb@release-v3' }).end('<secret>')
    })
    const response = await startApp({ testbbbUrl }).get(path).expect(502)
    expect(response.headers['x-served-by']).toBe('testaaa@release, testbbb@release-v3')
    expect(JSON.parse(response.text)).toEqual(badGateway(`GET ${testbbbUrl} answered ${status}.`))
  })
})

describe('call', () => {
  it('names the code of an error without a message, as Node’s for a name with several addresses', async () => {
    const refused = Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' })
    const answer = await call(() => Promise.reject(refused), 'http://testbbb/', 1_000)
    expect(answer).toEqual({ problem: 'GET http://testbbb/ failed: ECONNREFUSED.' })
  })
})

describe('testaaa', () => {
  it('answers an unknown path with a problem, without asking testbbb', async () => {
    const response = await startApp({ version: 'release-v2' }).get('/nowhere').expect(404)
    expect(response.headers['content-type']).toBe('application/problem+json')
    expect(response.headers['x-served-by']).toBe('testaaa@release-v2')
    expect(JSON.parse(response.text)).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'Nothing here answers GET /nowhere.',
    })
  })

  it('is not built with a `testbbbUrl` that is no URL', () => {
    const readiness = { ready: true, reasons: [] }
    expect(() =>
      createApp({ version: 'release', readiness, observer: quiet, testbbbUrl: 'testbbb' }),
    ).toThrow('Expected `testbbbUrl` (TESTBBB_URL) to be a URL, not "testbbb".')
  })
})
