import { describe, expect, it } from 'vitest'
import { codes, lint, loadManifests } from '../../src/index.ts'
import type { Finding, Position } from '../../src/index.ts'
import { faults } from './faults.ts'

function findings(text: string, code: string): Finding[] {
  return lint(loadManifests([{ file: 'mesh.yaml', text }])).filter((one) => one.code === code)
}

function textAt(text: string, position: Position | null, length: number): string | undefined {
  const { line, column } = position ?? { line: 0, column: 0 }
  return text.split('\n')[line - 1]?.slice(column - 1, column - 1 + length)
}

describe.each(faults)('$code: $title', ({ code, broken, cured, at, shown }) => {
  it('is found once, where it stands', () => {
    const found = findings(broken, code)
    expect(found.map(({ position }) => textAt(broken, position, at.length))).toEqual([at])
    expect(found.map(({ request }) => request !== null)).toEqual([shown])
  })

  it('is not found once it is cured', () => {
    expect(findings(cured, code)).toEqual([])
  })
})

it('is asked of every check of ours', () => {
  const asked = new Set(faults.map(({ code }) => code))
  // Those from TL050 on are of nginx, which the cli reads.
  const given = Object.keys(codes).filter(
    (code) => code < 'TL050' && code.startsWith('TL') && code !== 'TL022',
  )
  expect(given.filter((code) => ![...asked].some((one) => one === code))).toEqual([])
})
