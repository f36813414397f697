import { expect, it } from 'vitest'
import { progressOn } from '../src/progress.ts'
import { testIo } from './io.ts'

const CLEAR = '\r\u001B[2K'

/** A clock that is set by hand. */
function clock() {
  let time = 0
  return { now: () => time, pass: (ms: number) => void (time += ms) }
}

it('says on a terminal how far it is, not too soon and not too often, and takes it away', () => {
  const { io, err } = testIo('/', { terminal: true })
  const { now, pass } = clock()
  const progress = progressOn(io.stderr, now)
  progress.step('files read', 1)
  pass(300)
  progress.step('files read', 2)
  pass(99)
  progress.step('files read', 3)
  pass(1)
  progress.step('files read', 4, 9)
  expect(err()).toBe(`${CLEAR}files read: 2${CLEAR}files read: 4 of 9`)
  progress.end()
  progress.end()
  expect(err()).toBe(`${CLEAR}files read: 2${CLEAR}files read: 4 of 9${CLEAR}`)
})

it('says nothing where nobody watches', () => {
  const { io, err } = testIo('/')
  const { now, pass } = clock()
  const progress = progressOn(io.stderr, now)
  pass(1000)
  progress.step('files read', 2)
  progress.end()
  expect(err()).toBe('')
})
