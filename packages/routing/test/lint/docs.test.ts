import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { codes } from '../../src/index.ts'

const docs = readFileSync(new URL('../../../../docs/lint.md', import.meta.url), 'utf8')
const entries = Object.entries(codes)

describe('docs/lint.md', () => {
  it('lists every code in its table, as the program knows it', () => {
    const rows = docs
      .split('\n')
      .filter((line) => line.startsWith('| ['))
      .map((line) => line.split('|').map((cell) => cell.trim()))
    expect(rows.map(([, link, name, level, title]) => [link, name, level, title])).toEqual(
      entries.map(([code, { name, level, title }]) => [
        `[${code}](#${code.toLowerCase()})`,
        `\`${name}\``,
        level,
        title,
      ]),
    )
  })

  it.each(entries)(
    'has a section for %s with what, example, cure and source',
    (code, { source }) => {
      const [, section = ''] = docs.split(new RegExp(`^### ${code}$`, 'm'))
      const [body = ''] = section.split(/^##/m)
      expect(body).toMatch(/^Cure: /m)
      expect(body).toContain(`Source: ${source}`)
    },
  )
})
