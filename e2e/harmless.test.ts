import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { beforeAll, describe, expect, it } from 'vitest'
import { startRecorder } from './harmless/recorder.ts'
import type { Recorder } from './harmless/recorder.ts'
import { ROOT } from './lanes.ts'

const REGISTER = ['--import', '@traffic-lanes/propagation/register']
const LANE_LINE = /^project-version: lane-a\r\n/gim

/** All that can be seen of one scenario, from inside the app and from outside. */
interface Seen {
  /** What the app answered, byte for byte, but the date. */
  readonly answer: string
  /** The events of the inbound request and its response, in their order. */
  readonly events: string
  /** What the app sent, by connection. */
  readonly sent: readonly string[]
  readonly stderr: string
}

const SCENARIOS = ['node:http', 'fetch', 'axios', 'undici', 'got', 'superagent']

/** Runs the app, and asks it for each scenario in turn by a request in a lane or in none. */
async function play(
  recorder: Recorder,
  preload: readonly string[],
  lane: string | undefined,
): Promise<Map<string, Seen>> {
  const app = join(ROOT, 'e2e/harmless/app.mjs')
  // A port that refuses connections.
  const args = [...preload, app, recorder.url, 'http://127.0.0.1:1/']
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['pipe', 'pipe', 'pipe'] })
  const closed = once(child, 'close')
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  try {
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
    const first: { value: string } = await lines.next()
    const { port }: { port: number } = JSON.parse(first.value)
    const seen = new Map<string, Seen>()
    for (const scenario of SCENARIOS) {
      const answer = await ask(port, scenario, lane)
      const events: { value: string } = await lines.next()
      seen.set(scenario, { answer, events: events.value, sent: recorder.take(), stderr })
    }
    return seen
  } finally {
    child.stdin.end()
    await closed
  }
}

async function ask(port: number, scenario: string, lane: string | undefined): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  const line = lane === undefined ? '' : `project-version: ${lane}\r\n`
  socket.write(
    `POST /${encodeURIComponent(scenario)} HTTP/1.1\r\nhost: a\r\n${line}connection: close\r\ncontent-length: 4\r\n\r\nbody`,
  )
  let text = ''
  for await (const chunk of socket.setEncoding('utf8')) text += String(chunk)
  return text.replace(/^Date: .*\r\n/im, '')
}

function countHeads({ sent }: Seen): number {
  return sent.join('').match(/ HTTP\/1\.1\r\n/g)?.length ?? 0
}

let without: Map<string, Seen>
let outsideOfLanes: Map<string, Seen>
let inLane: Map<string, Seen>
beforeAll(async () => {
  const recorder = await startRecorder()
  try {
    without = await play(recorder, [], 'lane-a')
    outsideOfLanes = await play(recorder, REGISTER, undefined)
    inLane = await play(recorder, REGISTER, 'lane-a')
  } finally {
    recorder.close()
  }
})

describe.each(SCENARIOS)('an app that calls by %s, with the preload', (scenario) => {
  it('does what it does without: the same bytes, errors, events and connections', () => {
    const plain = without.get(scenario)
    if (plain === undefined) throw new Error('It was not played')
    expect(plain.answer).toContain('x-scenario: true')
    expect(countHeads(plain)).toBeGreaterThan(3)
    expect(outsideOfLanes.get(scenario)).toEqual(plain)
  })

  it('sends one header more in a lane, and that is all', () => {
    const plain = without.get(scenario)
    const seen = inLane.get(scenario)
    if (plain === undefined || seen === undefined) throw new Error('It was not played')
    const sent = seen.sent.map((text) => text.replaceAll(LANE_LINE, ''))
    expect({ ...seen, sent }).toEqual(plain)
    expect(seen.sent.join('').match(LANE_LINE)).toHaveLength(countHeads(plain))
  })
})
