import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, it, onTestFinished } from 'vitest'

it('LANES_OTEL=1: testaaa exports its spans, and trace and lane go on to the next service', async () => {
  const exported: string[] = []
  const collector = await listen(async (request) => void exported.push(await text(request)))
  const called: Record<string, unknown>[] = []
  const testbbb = await listen(async ({ headers }) => void called.push(headers))

  const testaaa = spawn(process.execPath, ['dist/server.js'], {
    cwd: new URL('../services/testaaa', import.meta.url),
    env: {
      ...process.env,
      PORT: '0',
      PROJECT_VERSION: 'release-v1',
      LANES_OTEL: '1',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector,
      TESTBBB_URL: testbbb,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void testaaa.kill('SIGKILL'))
  const [line] = await once(testaaa.stdout, 'data')
  const { port } = JSON.parse(String(line))

  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const headers = {
    'project-version': 'release-v3',
    traceparent: `00-${traceId}-b7ad6b7169203331-01`,
  }
  for (const path of ['/', '/fetch', '/healthz'])
    await fetch(`http://127.0.0.1:${port}${path}`, { headers })
  testaaa.kill('SIGTERM')
  expect(await once(testaaa, 'exit')).toEqual([0, null])

  expect(called).toMatchObject([
    { 'project-version': 'release-v3', traceparent: expect.stringContaining(traceId) },
    { 'project-version': 'release-v3', traceparent: expect.stringContaining(traceId) },
  ])
  const spans = exported.flatMap((body) => spansOf(body))
  // SERVER is 2 and CLIENT 3 in OTLP; the probe made none.
  expect(spans.map(({ kind }) => kind).toSorted((a, b) => a - b)).toEqual([2, 2, 3, 3])
  expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]))
  expect(exported.join('')).toContain('"testaaa"')
})

interface Span {
  readonly traceId: string
  readonly kind: number
}

/** The spans of an export by OTLP over HTTP in JSON. */
function spansOf(body: string): Span[] {
  const { resourceSpans }: { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] } =
    JSON.parse(body)
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
}

/** A server that answers 200 once it has seen the request; its URL. */
async function listen(see: (request: IncomingMessage) => Promise<void>): Promise<string> {
  const server = createServer((request, response) => {
    void see(request).then(() => response.setHeader('content-type', 'application/json').end('{}'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}
