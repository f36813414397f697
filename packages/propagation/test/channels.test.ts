import { channel } from 'node:diagnostics_channel'
import { ClientRequest } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { decisions } from '../src/decisions.ts'
import type { Decision } from '../src/index.ts'
import { run } from '../src/index.ts'
import { startUpstream } from './support/server.ts'
import { installHere, send } from './support/wire.ts'

const CHANNELS = [
  'net.server.socket',
  'http.server.request.start',
  'http.client.request.created',
  'undici:request:create',
]

/** Throws whatever one does with it. */
const hostile: object = new Proxy(
  {},
  {
    get: () => {
      throw new Error('hostile')
    },
  },
)

describe('the subscribers of install', () => {
  it('never throw, whatever a channel brings (H7)', async () => {
    installHere()
    const thrown: unknown[] = []
    const note = (error: unknown): void => void thrown.push(error)
    process.on('uncaughtException', note)
    onTestFinished(() => void process.off('uncaughtException', note))
    const headers = { request: { headers: [hostile, 'project-version', 'a'], origin: 'x' } }
    for (const name of CHANNELS) {
      for (const part of [undefined, null, 7, {}, hostile]) {
        channel(name).publish(part)
        for (const field of ['request', 'socket', 'server']) {
          channel(name).publish({ [field]: part })
        }
      }
      channel(name).publish(headers)
      channel(name).publish({ request: Object.create(ClientRequest.prototype) })
      channel(name).publish({ socket: { server: hostile } })
    }
    // Node throws what a subscriber threw on the next tick.
    await setImmediate()
    expect(thrown).toEqual([])
  })
})

describe('the channel traffic-lanes:decision', () => {
  it('tells what is decided, and why', async () => {
    const told: unknown[] = []
    const note = (message: unknown): void => void told.push(message)
    decisions.subscribe(note)
    onTestFinished(() => decisions.unsubscribe(note))
    const propagator = installHere()
    const { url } = await startUpstream()
    const lane = 'a'
    const header = 'project-version'
    await propagator.run(lane, async () => send(url))
    await send(url)
    run(lane, () => propagator.inject({}, { url: 'https://example.com/secret' }))
    propagator.strip({ 'Project-Version': 'b' }, 'https://example.com')
    propagator.extract({ 'project-version': 'a b' })
    expect(told).toEqual([
      { action: 'injected', header, lane, url: `${url}/`, reason: '"localhost" is this machine' },
      // The server of the test is in this process, and enters the lane.
      { action: 'extracted', header, lane, reason: 'the carrier holds it' },
      { action: 'absent', header, url: `${url}/`, reason: 'the scope has no lane' },
      { action: 'withheld', header, lane, url: 'https://example.com/secret', reason: strange },
      { action: 'stripped', header, url: 'https://example.com', reason: strange },
      { action: 'dropped', header, reason: 'pattern' },
    ] satisfies Decision[])
  })
})

const strange =
  '"example.com" is neither in the cluster nor this machine, and no entry of `targets` allows it'
