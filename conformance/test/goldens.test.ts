import { expect, it } from 'vitest'
import { readCases } from '../src/cases/case.ts'
import { disagreements, formatDisagreement } from '../src/cases/disagreements.ts'
import { readGolden } from '../src/cases/golden.ts'
import { readPending } from '../src/cases/pending.ts'

const cases = readCases()
const pending = readPending()

it.each(cases)('$name: the golden is for these manifests and requests', (one) => {
  expect(readGolden(one)?.input, 'write it anew: pnpm conformance --write').toBe(one.input)
})

it.each(cases.filter(({ name }) => !pending.has(name)))(
  '$name: the engine answers as Istio does',
  (one) => {
    expect(differencesOf(one).join('\n')).toBe('')
  },
)

it.each(cases.filter(({ name }) => pending.has(name)))(
  '$name: the engine still differs; where it does not, take the case out of pending.txt',
  (one) => {
    expect(differencesOf(one)).not.toEqual([])
  },
)

it('only cases are pending', () => {
  const names = new Set(cases.map(({ name }) => name))
  expect([...pending].filter((name) => !names.has(name))).toEqual([])
})

function differencesOf(one: (typeof cases)[number]): string[] {
  const golden = readGolden(one)
  if (golden === null) return ['there is no golden']
  return disagreements(one.world, golden).map((each) => formatDisagreement(each))
}
