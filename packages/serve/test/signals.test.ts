import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { serve, type RequestListener, type Serving } from '../src/index.ts'
import { stopOnSignals } from '../src/signals.ts'
import { barrier } from './barrier.ts'
import { connectTo, get } from './client.ts'

const signals = ['SIGTERM', 'SIGINT'] as const
const undos: (() => unknown)[] = []

/** A server that signals stop, where the process of the tests outlives what would end a real one. */
async function start(listener: RequestListener, stopTimeout: number) {
  const serving = await serve(listener, { port: 0, signals: false, stopTimeout, log: () => {} })
  const exits: number[] = []
  const lines: string[] = []
  const ended = barrier()
  const exit = (code: number): void => {
    exits.push(code)
    ended.open()
  }
  const ignore = stopOnSignals(serving.stop, stopTimeout, (line) => lines.push(line), exit)
  undos.push(ignore, serving.stop)
  return { ...serving, exits, lines, ended: ended.passed }
}

async function startForReal(options: { port?: number; signals?: boolean }): Promise<Serving> {
  // The longest there is: after a signal the real process.exit waits at the end of it.
  const serving = await serve(() => {}, { port: 0, stopTimeout: 2_147_483_647, ...options })
  undos.push(serving.stop)
  return serving
}

const listeners = (): number[] => signals.map((signal) => process.listenerCount(signal))

let before: number[] = []

beforeEach(() => {
  before = listeners()
})

afterEach(async () => {
  await Promise.all(undos.splice(0).map((undo) => undo()))
  process.exitCode = undefined
})

describe('a signal', () => {
  it.each(signals)('%s stops the server and leaves the end to the process', async (signal) => {
    const { port, readiness, stopping, stop, exits } = await start((_request, response) => {
      response.end()
    }, 60_000)
    process.emit(signal, signal)

    expect(readiness.ready).toBe(false)
    expect(stopping.aborted).toBe(true)
    expect(await stop()).toEqual({ cut: 0 })
    await expect(connectTo(port)).rejects.toThrow('ECONNREFUSED')
    expect(process.exitCode).toBeUndefined()
    expect(exits).toEqual([])
  })

  it('sets exit code 1 when something had to be cut', async () => {
    const entered = barrier()
    const { port, ended } = await start(() => entered.open(), 10)
    const client = await connectTo(port)
    client.send(get('/'))
    await entered.passed

    process.emit('SIGTERM', 'SIGTERM')
    await client.closed()
    await ended
    expect(process.exitCode).toBe(1)
  })

  it('ends the process at once when it comes a second time, requests in flight or not', async () => {
    const entered = barrier()
    const { port, exits, lines } = await start(() => entered.open(), 60_000)
    const client = await connectTo(port)
    client.send(get('/'))
    await entered.passed

    process.emit('SIGTERM', 'SIGTERM')
    expect(exits).toEqual([])
    process.emit('SIGINT', 'SIGINT')
    expect(exits).toEqual([130])
    expect(lines).toEqual(['Ending at once: SIGINT came while stopping.'])
    process.emit('SIGTERM', 'SIGTERM')
    expect(exits).toEqual([130, 143])
    client.socket.destroy()
  })

  it('ends a process with 1 that something else keeps alive at the deadline', async () => {
    const { exits, lines, ended, stop } = await start(() => {}, 10)
    process.emit('SIGTERM', 'SIGTERM')
    expect(await stop()).toEqual({ cut: 0 })
    expect(exits).toEqual([])

    await ended
    expect(exits).toEqual([1])
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(
      /^Ending by force: the server has stopped, but the process is kept alive by .+\.$/,
    )
  })
})

describe('serve', () => {
  it.each(signals)('stops on %s, and listens for no signal after that', async (signal) => {
    const { stopping, stop } = await startForReal({})
    expect(listeners()).toEqual(before.map((count) => count + 1))
    process.emit(signal, signal)
    expect(stopping.aborted).toBe(true)
    await stop()
    expect(listeners()).toEqual(before)
  })

  it('leaves signals alone when told so, and when it cannot listen', async () => {
    await startForReal({ signals: false })
    await expect(startForReal({ port: -1 })).rejects.toThrow('not a port')
    expect(listeners()).toEqual(before)
  })
})
