import { describe, expect, it } from 'vitest'
import { createPropagator } from '../src/index.ts'
import type { Counters, DropReason, Propagator } from '../src/index.ts'

/** What `run` makes of a value, whatever its type. */
function laneOf(value: unknown, propagator: Propagator = createPropagator()): string | undefined {
  return propagator.run(propagator.extract({ 'project-version': value }), propagator.currentLane)
}

function dropsOf({ dropped }: Counters): Partial<Record<DropReason, number>> {
  return Object.fromEntries(Object.entries(dropped).filter(([, count]) => count > 0))
}

describe('a value', () => {
  it.each(['a', '1', 'release-v1', 'feature/ABC-12_x.y', 'a'.repeat(253), `a${'-'.repeat(251)}b`])(
    'is taken: %s',
    (value) => {
      expect(laneOf(value)).toBe(value)
    },
  )

  it.each<[string, DropReason]>([
    ['', 'empty'],
    ['  \t', 'empty'],
    ['a'.repeat(254), 'too-long'],
    ['-', 'pattern'],
    ['-a', 'pattern'],
    ['a-', 'pattern'],
    ['a b', 'pattern'],
    ['a;b', 'pattern'],
    ['a\r\nx-injected: 1', 'pattern'],
    ['a\n', 'pattern'],
    ['\ra', 'pattern'],
    ['a\u0000', 'pattern'],
    ['ä', 'pattern'],
    ['lane-\u{1f600}', 'pattern'],
  ])('H7 is dropped, and counted once, by run and by extract: %j (%s)', (value, reason) => {
    const propagator = createPropagator()
    expect(propagator.run(value, propagator.currentLane)).toBeUndefined()
    expect(dropsOf(propagator.counters())).toEqual({ [reason]: 1 })
    expect(propagator.extract({ 'project-version': value })).toEqual({})
    expect(dropsOf(propagator.counters())).toEqual({ [reason]: 2 })
  })

  it.each([[5], [true], [{}], [Symbol('lane')], [() => 'release-v1'], [[5]]])(
    'is dropped when it is no string: %s',
    (value) => {
      const propagator = createPropagator()
      expect(laneOf(value, propagator)).toBeUndefined()
      expect(dropsOf(propagator.counters())).toEqual({ type: 1 })
    },
  )

  it.each([[undefined], [[]]])('is absent, which is nothing to count: %j', (value) => {
    const propagator = createPropagator()
    expect(laneOf(value, propagator)).toBeUndefined()
    expect(dropsOf(propagator.counters())).toEqual({})
  })

  it('may come as bytes, which is how Kafka gives its headers', () => {
    const propagator = createPropagator()
    const read = (value: unknown): object => propagator.extract({ 'project-version': value })
    expect(read(Buffer.from('release-v1'))).toEqual({ 'project-version': 'release-v1' })
    expect(read([Buffer.from('a'), new Uint8Array([97])])).toEqual({ 'project-version': 'a' })
    expect(read(Buffer.from([0xff, 0xfe]))).toEqual({})
    expect(read(Buffer.alloc(1_000_000, 'a'))).toEqual({})
    expect(dropsOf(propagator.counters())).toEqual({ pattern: 1, 'too-long': 1 })
  })

  it('sheds the blanks around it', () => {
    expect(laneOf(' \trelease-v1\t ')).toBe('release-v1')
  })

  it.each([['a, a'], ['a,a'], ['a ,\ta'], [['a', 'a']], [['a, a', 'a']], [Array(50).fill('a')]])(
    'H3 counts as one when it is repeated: %j',
    (value) => {
      expect(laneOf(value)).toBe('a')
    },
  )

  it.each([['a, b'], ['a, A'], ['a,'], [',a'], [['a', 'b']], [['a', '']], [['a, b', 'a']]])(
    'H3 is dropped when it is repeated with another: %j',
    (value) => {
      const propagator = createPropagator()
      expect(laneOf(value, propagator)).toBeUndefined()
      expect(dropsOf(propagator.counters())).toEqual({ conflict: 1 })
    },
  )

  it('is told from any number of others', () => {
    const propagator = createPropagator()
    const lanes = Array.from({ length: 2500 }, (_, index) => `lane-${index}`)
    for (const _ of [1, 2]) {
      expect(lanes.map((lane) => laneOf(lane, propagator))).toEqual(lanes)
    }
  })

  // A check that takes quadratic time would keep this test busy for minutes.
  it('is read in linear time however it is stuffed with blanks', () => {
    expect(laneOf(`a${' '.repeat(1_000_000)}b`)).toBeUndefined()
    expect(laneOf(`${' '.repeat(1_000_000)}b`)).toBe('b')
  })
})

describe('a pattern of one\u2019s own', () => {
  it('must match the whole value', () => {
    const propagator = createPropagator({ pattern: /release-\w+|canary/ })
    expect(laneOf('release-v1', propagator)).toBe('release-v1')
    expect(laneOf('canary', propagator)).toBe('canary')
    expect(laneOf('xcanary', propagator)).toBeUndefined()
    expect(laneOf('release-v1 ', propagator)).toBe('release-v1')
    expect(laneOf('release-v1-', propagator)).toBeUndefined()
  })

  it.each(['g', 'y', 'gy'])('H15 answers the same each time with the flags %s', (flags) => {
    const pattern = new RegExp('release-v[1-3]', flags)
    const propagator = createPropagator({ pattern })
    const lanes = ['release-v1', 'release-v2', 'release-v3']
    expect(lanes.map((lane) => laneOf(lane, propagator))).toEqual(lanes)
    expect(pattern.lastIndex).toBe(0)
  })

  it('H7 cannot let through what would end a header or look repeated', () => {
    const propagator = createPropagator({ pattern: /[^]*/ })
    for (const value of ['a\r\nb', 'a b', 'a\u007f', 'é']) {
      expect(laneOf(value, propagator)).toBeUndefined()
    }
    expect(laneOf('~!{}', propagator)).toBe('~!{}')
    expect(laneOf('a'.repeat(254), propagator)).toBeUndefined()
  })
})
