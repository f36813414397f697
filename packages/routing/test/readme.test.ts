import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import * as routing from '../src/index.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

function block(language: string): string {
  const found = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1]
  if (found === undefined) throw new Error(`The README must have a block in ${language}.`)
  return found
}

it('prints what the README says', () => {
  const printed: string[] = []
  const program = block('js').replaceAll(
    /^import (\{.*?\}) from '(.*?)'$/gms,
    'const $1 = modules["$2"]',
  )
  runInNewContext(program, {
    modules: {
      'node:fs': { readFileSync: () => block('yaml') },
      '@traffic-lanes/routing': routing,
    },
    console: { log: (line: string) => printed.push(`${line}\n`) },
  })
  expect(printed.join('')).toBe(block('text'))
})
