import { describe, expect, it } from 'vitest'
import { findLoss, parseTrail } from '../../src/trail.ts'
import type { TrailHop } from '../../src/trail.ts'
import { formatTrail } from '../../src/trail/format.ts'
import { mergeHops } from '../../src/trail/hop.ts'

function hop(name: string, lane: string | undefined, ...calls: readonly TrailHop[]): TrailHop {
  return { name, lane, calls, more: 0 }
}

function hops({ calls, more }: TrailHop): number {
  return calls.reduce((sum, call) => sum + hops(call), 1 + more)
}

const VALID: ReadonlyArray<[string, TrailHop]> = [
  ['a@1', hop('a@1', undefined)],
  ['a@1; lane=v1', hop('a@1', 'v1')],
  ['a@1 > b@2; lane=v1', hop('a@1', 'v1', hop('b@2', 'v1'))],
  ['a@1 > b@2', hop('a@1', undefined, hop('b@2', undefined))],
  [
    'a@1 > b@2 (no lane) > c@3; lane=v1',
    hop('a@1', 'v1', hop('b@2', undefined, hop('c@3', undefined))),
  ],
  ['a@1 > b@2 (lane=v2); lane=v1', hop('a@1', 'v1', hop('b@2', 'v2'))],
  ['a@1 > b@2 (lane=v2)', hop('a@1', undefined, hop('b@2', 'v2'))],
  [
    'a@1 > [b@2 > d@4, c@3 (no lane)]; lane=v1',
    hop('a@1', 'v1', hop('b@2', 'v1', hop('d@4', 'v1')), hop('c@3', undefined)),
  ],
  ['a@1; lane=%3B%3E%5B~'.replace('~', '%7E'), hop('a@1', ';>[~')],
  ['a@1 > +3', { ...hop('a@1', undefined), more: 3 }],
  ['a@1 > [b@2, +3]', { ...hop('a@1', undefined, hop('b@2', undefined)), more: 3 }],
]

describe('a trail', () => {
  it.each(VALID)('is written and read: %s', (text, trail) => {
    expect(formatTrail(trail)).toBe(text)
    expect(parseTrail(text)).toEqual(trail)
  })

  it.each([
    undefined,
    null,
    5,
    '',
    'a',
    '@1',
    'a@',
    'a@1 >',
    'a@1 > ',
    'a@1 > [b@2',
    'a@1 > b@2]',
    'a@1 > [b@2,c@3]',
    'a@1 b@2',
    'a@1; lane=',
    'a@1; lane=%FF',
    'a@1; lane=a b',
    'a@1; lane=v1; lane=v2',
    'a@1 (lost)',
    'a@1 > +',
    '<script>@1',
    `a@${'1'.repeat(2048)}`,
    `a@1${' > a@1'.repeat(64)}`,
  ])('is not read from %j', (text) => {
    expect(parseTrail(text)).toBeUndefined()
  })

  it('is cut at 64 hops, the nearest first, and says how many are missing', () => {
    const deep = (at: number): TrailHop => hop(`s@${at}`, 'v1', ...(at < 99 ? [deep(at + 1)] : []))
    const wide = hop(
      'a@1',
      'v1',
      ...Array.from({ length: 99 }, (_, index) => hop(`s@${index}`, 'v1')),
    )
    for (const trail of [deep(0), wide]) {
      const text = formatTrail(trail)
      const read = parseTrail(text)
      expect(text).toContain('+36')
      expect(read && hops(read)).toBe(100)
    }
  })

  it('is cut at 2048 bytes, whatever the names', () => {
    const name = `${'s'.repeat(63)}@`
    const wide = hop(
      `${name}${'0'.repeat(253)}`,
      'l'.repeat(253),
      ...Array.from({ length: 40 }, (_, index) => hop(`${name}${String(index).repeat(120)}`, 'v1')),
    )
    const text = formatTrail(wide)
    expect(text.length).toBeLessThanOrEqual(2048)
    const read = parseTrail(text)
    expect(read && hops(read)).toBe(41)
  })

  it('says once what calls have in common', () => {
    const b = hop('b@1', 'v1', hop('d@1', 'v1'))
    expect(
      mergeHops([
        b,
        hop('c@1', 'v1'),
        b,
        hop('b@1', undefined),
        hop('b@1', 'v1', hop('e@1', 'v1')),
      ]),
    ).toEqual([
      hop('b@1', 'v1', hop('d@1', 'v1'), hop('e@1', 'v1')),
      hop('c@1', 'v1'),
      hop('b@1', undefined),
    ])
  })
})

describe('findLoss', () => {
  it.each([
    ['a@1 > b@2; lane=v1', undefined],
    ['a@1 > b@2', undefined],
    ['a@1 > b@2 (lane=v1)', undefined],
    ['no trail', undefined],
    [null, undefined],
    ['a@1 > b@2 (no lane); lane=v1', { from: 'a@1', to: 'b@2', lane: 'v1', got: undefined }],
    ['a@1 > b@2 (lane=v2); lane=v1', { from: 'a@1', to: 'b@2', lane: 'v1', got: 'v2' }],
    [
      'a@1 > [b@2 > d@4 (no lane), c@3, e@5 (no lane)]; lane=v1',
      { from: 'a@1', to: 'e@5', lane: 'v1', got: undefined },
    ],
    [
      'a@1 > b@2 > [c@3, d@4 (no lane) > e@5 (lane=v1)]; lane=v1',
      { from: 'b@2', to: 'd@4', lane: 'v1', got: undefined },
    ],
  ])('names the first hop that lost the lane: %s', (trail, loss) => {
    expect(findLoss(trail)).toEqual(loss)
  })
})
