import { Agent } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { run } from '../src/index.ts'
import { createRandom } from './support/random.ts'
import { portOf } from './support/server.ts'
import { installHere, requestBy } from './support/wire.ts'

const CALLS = 400
const LANE_LINE = /^project-version: lane-a\r\n/gim

/** What a program sees of one call, and what the wire sees. */
interface Outcome {
  thrown: string
  bytes: string
  connection: number
  readonly events: string[]
  readonly options: unknown
}

/** A server that notes every byte, and answers each request on whichever connection it came. */
interface Recorder {
  readonly port: number
  /** The bytes since the last call, and the number of the connection that they came on. */
  take(): { bytes: string; connection: number }
}

async function startRecorder(): Promise<Recorder> {
  let bytes = ''
  let connections = 0
  let connection = 0
  const server = createServer((socket) => {
    connections += 1
    const mine = connections
    let pending = ''
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      connection = mine
      bytes += chunk.toString('latin1')
      pending += chunk.toString('latin1')
      if (!isComplete(pending)) return
      const isLast = /^connection: close/im.test(pending)
      pending = ''
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
      if (isLast) socket.end()
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => void server.close())
  return {
    port: portOf(server),
    take: () => {
      const taken = { bytes, connection }
      bytes = ''
      return taken
    },
  }
}

function isComplete(text: string): boolean {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  if (rest.length === 0) return false
  const body = text.slice(head.length + 4)
  const [, length] = /^content-length: (\d+)/im.exec(head) ?? []
  if (length !== undefined) return body.length >= Number(length)
  return !/^transfer-encoding: chunked/im.test(head) || body.endsWith('0\r\n\r\n')
}

const HEADERS: readonly unknown[] = [
  undefined,
  null,
  {},
  { Accept: '*/*', 'X-Number': 7 },
  { 'x-list': ['a', 'b'], cookie: ['a=1', 'b=2'] },
  { 'X-Long': 'x'.repeat(2000), connection: 'close' },
  { 'Project-Version': 'mine' },
  { host: 'testbbb', 'content-type': 'text/plain' },
  { expect: '100-continue' },
  { 'x-latin': 'caf\u00e9' },
  { 'x-bad': 'a\r\nb: c' },
  { 'x bad': 'a' },
  { 'x-none': undefined },
  { constructor: 'a', toString: 'b' },
  [],
  ['X-A', '1', 'host', 'a'],
  ['X-A', '1', 'x-a', '2', 'Host', 'a', 'Project-Version', 'mine'],
  ['X-A', '1', 'odd'],
  [
    ['X-A', '1'],
    ['host', 'a'],
  ],
  [
    ['host', 'a'],
    ['project-version', 'mine'],
  ],
]

/** The arguments of one call: its shape is the same for the same numbers. */
function createCall(random: () => number, port: number, agent: Agent): unknown[] {
  const pick = <T>(choices: readonly T[]): T | undefined =>
    choices[Math.floor(random() * choices.length)]
  const path = pick(['/', '/a?b=c', '/%20', '/a b', '//x', '*'])
  const details = {
    agent,
    headers: structuredClone(pick(HEADERS)),
    ...pick([{}, { method: 'POST' }, { method: 'put' }, { method: 'DELETE' }, { method: 'B D' }]),
    ...pick([{}, {}, { auth: 'user:pass' }, { setHost: false }, { timeout: 10_000 }]),
    ...pick([{}, {}, { uniqueHeaders: ['x-list'] }, { joinDuplicateHeaders: true }]),
  }
  const url = `http://127.0.0.1:${port}/from-url`
  const whole = { host: '127.0.0.1', port, path, ...details }
  const forms: unknown[][] = [
    [whole],
    [Object.freeze(whole)],
    [url, details],
    [new URL(url), details],
    [url, { ...details, path }],
  ]
  return pick(forms) ?? []
}

async function perform(args: unknown[], body: string, recorder: Recorder): Promise<Outcome> {
  const outcome: Outcome = { thrown: '', bytes: '', connection: 0, events: [], options: undefined }
  const note = (event: string): void => void outcome.events.push(event)
  try {
    await new Promise<void>((resolve) => {
      const outgoing = requestBy([...args, readResponse(note)])
      for (const event of ['socket', 'finish', 'response', 'continue', 'timeout']) {
        outgoing.on(event, () => note(event))
      }
      outgoing.on('error', (error) => note(`error ${error.message}`))
      outgoing.on('close', resolve)
      if (body !== '') outgoing.write(body)
      outgoing.end()
    })
  } catch (error) {
    outcome.thrown = String(error)
  }
  const { agent: _, ...options } = Object(args.at(-1))
  return { ...outcome, ...recorder.take(), options }
}

function readResponse(note: (event: string) => void): (response: IncomingMessage) => void {
  return (response) => {
    note('callback')
    response.resume()
    response.on('end', () => note('end'))
  }
}

/** Makes every call, in the lane if there is one. */
async function performAll(recorder: Recorder, lane: string | null): Promise<Outcome[]> {
  const random = createRandom(20)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const outcomes: Outcome[] = []
  let first = 0
  for (let index = 0; index < CALLS; index += 1) {
    const args = createCall(random, recorder.port, agent)
    const body = random() < 0.3 ? 'some body' : ''
    const outcome = await run(lane, async () => perform(args, body, recorder))
    first ||= outcome.connection
    outcomes.push({ ...outcome, connection: outcome.connection - first })
  }
  agent.destroy()
  return outcomes
}

it('H5, H6 changes nothing but the header: bytes, errors, events, reuse, options', async () => {
  const recorder = await startRecorder()
  const before = await performAll(recorder, 'lane-a')
  installHere()
  expect(await performAll(recorder, null)).toEqual(before)

  const inLane = await performAll(recorder, 'lane-a')
  const withoutLane = inLane.map((one) => ({ ...one, bytes: one.bytes.replaceAll(LANE_LINE, '') }))
  expect(withoutLane).toEqual(before)
  const counts = inLane.map(({ bytes }) => bytes.match(/^project-version: /gim)?.length ?? 0)
  expect(counts).toEqual(before.map(({ bytes }) => (bytes === '' ? 0 : 1)))
  // The loop is worth something: calls that work, that throw, that keep and that close connections.
  expect(before.filter(({ thrown }) => thrown !== '').length).toBeGreaterThan(50)
  expect(before.filter(({ bytes }) => bytes !== '').length).toBeGreaterThan(200)
  expect(new Set(before.map(({ connection }) => connection)).size).toBeGreaterThan(5)
})
