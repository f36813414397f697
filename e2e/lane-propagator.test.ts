import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ROOT } from './lanes.ts'

interface Seen {
  readonly lane: string | null
  readonly divert: string | null
  readonly baggage: string | null
  readonly traced: boolean
}

interface Calls {
  readonly found: string | null
  readonly viaAxios: Seen
  readonly viaFetch: Seen
  readonly viaRequest: Seen
  readonly outside: Seen
  readonly redirected: Seen
}

/** Starts e2e/opentelemetry/app.cjs; answers what calls it. */
async function start(
  mode: 'otel' | 'lanes',
): Promise<(headers: Record<string, string>) => Promise<Calls>> {
  const { NODE_OPTIONS: _, ...env } = process.env
  const app = join(ROOT, 'e2e/opentelemetry/app.cjs')
  const child = spawn(process.execPath, [app, mode], { cwd: ROOT, env })
  onTestFinished(() => void child.kill())
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const first = await createInterface(child.stdout)[Symbol.asyncIterator]().next()
  if (first.done === true) throw new Error(`The app ended before it listened: ${stderr}`)
  return async (headers) => {
    const response = await fetch(`http://localhost:${first.value}/`, { headers })
    const calls: Calls = JSON.parse(await response.text())
    return calls
  }
}

describe('OpenTelemetry with the propagator of lanes', () => {
  it('H2, H3 carries the lane once through its http instrumentation and fetch, and to no third party', async () => {
    const call = await start('lanes')
    const inLane = await call({ 'project-version': 'release-v1' })
    const inside = { lane: 'release-v1', divert: null, baggage: null, traced: true }
    const outside = { ...inside, lane: null }
    expect(inLane).toEqual({
      found: 'release-v1',
      viaAxios: inside,
      viaFetch: inside,
      viaRequest: inside,
      outside,
      redirected: outside,
    })
    const without = await call({})
    expect([without.found, without.viaAxios.lane, without.viaFetch.lane]).toEqual([
      null,
      null,
      null,
    ])
  })

  it('H1 keeps the lanes of 40 requests apart that wait for two connections', async () => {
    const call = await start('lanes')
    const lanes = Array.from({ length: 40 }, (_, index) => (index % 4 === 3 ? null : `v${index}`))
    const answers = await Promise.all(
      lanes.map(async (lane) => call(lane === null ? {} : { 'project-version': lane })),
    )
    expect(answers.map(({ viaFetch }) => viaFetch.lane)).toEqual(lanes)
    expect(answers.map(({ viaAxios }) => viaAxios.lane)).toEqual(lanes)
    expect(answers.map(({ redirected }) => redirected.lane)).toEqual(lanes.map(() => null))
  })

  it('H17 reads a lane from the baggage, and leaves its members to OpenTelemetry', async () => {
    const call = await start('lanes')
    const baggage = 'user=alice;tier=gold,divert=release-v2'
    const { viaAxios, viaFetch, viaRequest } = await call({ baggage })
    const seen = { lane: null, divert: 'release-v2', baggage, traced: true }
    expect([viaAxios, viaFetch, viaRequest]).toEqual([seen, seen, seen])
  })

  it('carries nothing without it', async () => {
    const call = await start('otel')
    const { viaAxios, viaFetch } = await call({ 'project-version': 'release-v1' })
    expect([viaAxios.lane, viaFetch.lane, viaFetch.traced]).toEqual([null, null, true])
  })
})
