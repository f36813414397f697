import { describe, expect, it } from 'vitest'
import { createReadiness, serve } from '../src/index.ts'

describe('readiness', () => {
  it('is off before the server listens, on while it serves, off from the start of the stop', async () => {
    const readiness = createReadiness()
    expect([readiness.ready, readiness.reasons]).toEqual([false, ['starting']])

    const serving = await serve(() => {}, { readiness, port: 0, signals: false })
    expect([readiness.ready, readiness.reasons]).toEqual([true, []])

    const stopped = serving.stop()
    expect([readiness.ready, readiness.reasons]).toEqual([false, ['stopping']])
    await stopped
    expect(readiness.ready).toBe(false)
  })

  it('stays off when the server cannot listen', async () => {
    const readiness = createReadiness()
    await expect(serve(() => {}, { readiness, port: -1 })).rejects.toThrow('not a port')
    expect(readiness.reasons).toEqual(['starting'])
  })

  it('comes with the server where the app brings none', async () => {
    const serving = await serve(() => {}, { port: 0, signals: false })
    expect(serving.readiness.ready).toBe(true)
    await serving.stop()
    expect(serving.readiness.ready).toBe(false)
  })

  it('names the checks of the app that fail, until they pass or are undone', () => {
    const readiness = createReadiness()
    readiness.enter('serving')
    let warm = false
    readiness.require('cache', () => warm)
    const undo = readiness.require('config', () => false)
    expect([readiness.ready, readiness.reasons]).toEqual([false, ['cache', 'config']])

    warm = true
    expect(readiness.reasons).toEqual(['config'])
    undo()
    expect(readiness.ready).toBe(true)
  })

  it('counts a check that throws as failed', () => {
    const readiness = createReadiness()
    readiness.enter('serving')
    readiness.require('broken', () => {
      throw new Error('no')
    })
    expect(readiness.reasons).toEqual(['broken'])
  })

  it('keeps two checks of one name apart', () => {
    const readiness = createReadiness()
    readiness.enter('serving')
    const undo = readiness.require('cache', () => false)
    readiness.require('cache', () => false)
    undo()
    undo()
    expect(readiness.reasons).toEqual(['cache'])
  })
})
