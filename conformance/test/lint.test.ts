import { codes } from '@traffic-lanes/routing'
import { describe, expect, it } from 'vitest'
import { readLintCases } from '../src/lint/lint-case.ts'
import { differences, ourVerdicts } from '../src/lint/verdicts.ts'

const cases = readLintCases()

describe('lanes lint and Istio’s analyzers', () => {
  it.each(cases)('say the same about $name', ({ manifest, input, golden }) => {
    // A golden of other manifests says nothing: `pnpm conformance` asks anew.
    expect(golden?.input).toBe(input)
    expect(differences(ourVerdicts([manifest]), golden?.verdicts ?? [])).toEqual([])
  })

  it('are compared in every code of Istio’s that we give', () => {
    const compared = new Set(
      cases.flatMap(({ golden }) => golden?.verdicts.map(({ code }) => code) ?? []),
    )
    const given = Object.keys(codes).filter((code) => code.startsWith('IST'))
    expect(given.filter((code) => !compared.has(code))).toEqual([])
  })
})
