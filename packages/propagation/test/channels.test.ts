import { describe, expect, it, onTestFinished } from 'vitest'
import { decisions } from '../src/decisions.ts'
import type { Decision } from '../src/index.ts'
import { run } from '../src/index.ts'
import { startUpstream } from './support/server.ts'
import { installHere, send } from './support/wire.ts'

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
