import { createApp as createTestbbb } from '../../testbbb/src/app.ts'
import { createReadiness, serve } from '@traffic-lanes/serve'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { quiet, startApp } from './app.ts'
import { startUpstream } from './upstream.ts'

async function startTestbbb(version: string): Promise<string> {
  const app = createTestbbb({ version, readiness: createReadiness(), observer: quiet })
  const { port, stop } = await serve(app.callback(), { port: 0, signals: false })
  onTestFinished(async () => void (await stop()))
  return `http://127.0.0.1:${port}`
}

/** Answers with the lane that came, or says that none came. */
const startEcho = (): Promise<string> =>
  startUpstream((request, response) => {
    response.end(JSON.stringify(request.headers['project-version'] ?? null))
  })

afterEach(() => void vi.unstubAllEnvs())

describe.each([
  { path: '/', client: 'axios', agent: /^axios\// },
  { path: '/fetch', client: 'fetch', agent: /^node$/ },
])('GET $path, by $client', ({ path, agent }) => {
  it('answers what testbbb said and lists both as served', async () => {
    const testbbbUrl = await startTestbbb('release-v3')
    const response = await startApp({ version: 'release-v1', testbbbUrl }).get(path).expect(200)
    expect(response.text).toBe('release-v3')
    expect(response.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(response.headers['x-served-by']).toBe('testaaa@release-v1, testbbb@release-v3')
  })

  it('answers text as text, never as a page, from an upstream that says nothing of itself', async () => {
    const testbbbUrl = await startUpstream((_request, response) => response.end('<b>hi</b>'))
    const response = await startApp({ testbbbUrl }).get(path).expect(200)
    expect(response.text).toBe('<b>hi</b>')
    expect(response.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(response.headers['x-served-by']).toBe('testaaa@release')
  })

  it('calls by that client, and directly, whatever proxy the environment names', async () => {
    vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:1')
    vi.stubEnv('http_proxy', 'http://127.0.0.1:1')
    vi.stubEnv('NO_PROXY', '')
    vi.stubEnv('no_proxy', '')
    const testbbbUrl = await startUpstream((request, response) => {
      response.end(request.headers['user-agent'])
    })
    const response = await startApp({ testbbbUrl }).get(path)
    expect(response.text).toMatch(agent)
  })

  it('passes the lane of the request on, its own version being another', async () => {
    const http = startApp({ version: 'release', testbbbUrl: await startEcho() })
    const response = await http.get(path).set('project-version', 'release-v1').expect(200)
    expect(response.text).toBe('"release-v1"')
  })

  it('sends no lane when none came', async () => {
    const http = startApp({ version: 'release-v1', testbbbUrl: await startEcho() })
    const response = await http.get(path).expect(200)
    expect(response.text).toBe('null')
  })

  it.each([
    ['characters that no lane has', 'not a lane!'],
    ['254 characters', 'v'.repeat(254)],
    ['nothing', ''],
  ])('drops a value of %s and answers all the same', async (_what, value) => {
    const http = startApp({ testbbbUrl: await startEcho() })
    const response = await http.get(path).set('project-version', value).expect(200)
    expect(response.text).toBe('null')
  })

  it('keeps the lanes of 50 requests apart that are all in flight at once', async () => {
    const waiting: (() => void)[] = []
    const testbbbUrl = await startUpstream((request, response) => {
      waiting.push(() => response.end(JSON.stringify(request.headers['project-version'] ?? null)))
      // Nobody is answered before everybody is here.
      if (waiting.length === 50) for (const answer of waiting) answer()
    })
    const http = startApp({ testbbbUrl, timeout: 30_000 })
    const lanes = Array.from({ length: 50 }, (_, i) => (i % 5 === 0 ? null : `release-v${i}`))

    const responses = await Promise.all(
      lanes.map(async (lane) => {
        const sent = http.get(path)
        return lane === null ? await sent : await sent.set('project-version', lane)
      }),
    )
    expect(responses.map(({ text }): unknown => JSON.parse(text))).toEqual(lanes)
  })
})
