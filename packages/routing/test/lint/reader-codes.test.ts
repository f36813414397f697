import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { codes } from '../../src/index.ts'

const src = new URL('../../src/', import.meta.url)

it('knows every diagnostic of the readers', () => {
  const said = ['gateway-api', 'manifest', 'mesh', 'schema'].flatMap((folder) =>
    readdirSync(new URL(folder, src), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => {
        const text = readFileSync(new URL(`${folder}/${file}`, src), 'utf8')
        return [
          ...text.matchAll(/reportAt\([^,]+,\s*'([a-z-]+)'/g),
          ...text.matchAll(/code: '([a-z-]+)',\s*level/g),
        ].map(([, code]) => code)
      }),
  )
  const names = new Set<string | undefined>(Object.values(codes).map(({ name }) => name))
  expect(said.length).toBeGreaterThan(10)
  expect(said.filter((code) => !names.has(code))).toEqual([])
})
