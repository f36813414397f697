import { Writable } from 'node:stream'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { createLogger, format, transports } from 'winston'
import { createPropagator, run } from '../src/index.ts'
import { laneFormat, laneMixin } from '../src/log.ts'

/** A stream, and what was logged to it. */
function startLog(): { stream: Writable; lines: unknown[] } {
  const lines: unknown[] = []
  const stream = new Writable({
    write: (chunk, _, done) => {
      lines.push(JSON.parse(String(chunk)))
      done()
    },
  })
  return { stream, lines }
}

describe('a log line', () => {
  it('of pino bears the lane that it was logged in, and none where there is none', () => {
    const { stream, lines } = startLog()
    const log = pino({ base: null, timestamp: false, mixin: laneMixin() }, stream)
    log.info('before')
    run('release-v1', () => log.child({ part: 'cart' }).info({ id: 1 }, 'inside'))
    run('release-v1', () => log.info({ lane: 'own' }, 'own'))
    expect(lines).toEqual([
      { level: 30, msg: 'before' },
      { level: 30, part: 'cart', lane: 'release-v1', id: 1, msg: 'inside' },
      { level: 30, lane: 'own', msg: 'own' },
    ])
  })

  it('of winston does so too, and leaves what the caller gave as it is', () => {
    const { stream, lines } = startLog()
    const log = createLogger({
      format: format.combine(laneFormat(), format.json()),
      transports: [new transports.Stream({ stream })],
    })
    const given = { id: 1 }
    log.info('before')
    run('release-v1', () => log.info('inside', given))
    run('release-v1', () => log.info('own', { lane: 'own' }))
    expect(lines).toEqual([
      { level: 'info', message: 'before' },
      { level: 'info', message: 'inside', lane: 'release-v1', id: 1 },
      { level: 'info', message: 'own', lane: 'own' },
    ])
    expect(given).toEqual({ id: 1 })
  })

  it('of winston says what an error says, in a lane and outside of it', () => {
    const { stream, lines } = startLog()
    const log = createLogger({
      format: format.combine(laneFormat(), format.errors({ stack: true }), format.json()),
      transports: [new transports.Stream({ stream })],
    })
    const error = Object.assign(new TypeError('broken'), { code: 'E_BROKEN' })
    log.error(error)
    run('release-v1', () => log.error(error))
    const line = { level: 'error', message: 'broken', stack: error.stack, code: 'E_BROKEN' }
    expect(lines).toEqual([line, { ...line, lane: 'release-v1' }])
    expect(error).not.toHaveProperty('lane')
  })

  it('bears it under another name, and of another propagator', () => {
    const propagator = createPropagator({ header: 'x-lane' })
    const mixin = laneMixin({ propagator, key: 'traffic.lane' })
    expect(propagator.run('a', mixin)).toEqual({ 'traffic.lane': 'a' })
    expect(mixin()).toEqual({})
    expect(() => laneMixin({ key: '' })).toThrow(
      new TypeError('Expected `key` to be the name of a field, got ""'),
    )
  })
})
