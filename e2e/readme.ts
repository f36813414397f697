import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './lanes.ts'

const README = readFileSync(join(ROOT, 'README.md'), 'utf8')

/** The code block of README.md that holds this text. */
export function readmeBlock(holding: string): string {
  const blocks = [...README.matchAll(/^```\w*\n([^]*?)^```$/gm)].map(([, text = '']) => text)
  const found = blocks.find((text) => text.includes(holding))
  if (found === undefined) throw new Error(`README.md has no code block with "${holding}"`)
  return found
}
