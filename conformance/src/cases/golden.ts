import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Verdict } from '../oracle/verdict.ts'
import type { Case } from './case.ts'

/** The oracle's answers to a case, as they stand beside it. */
export interface Golden extends Pick<Verdict, 'rejected' | 'made' | 'answers'> {
  /** The version of the istio module that gave them. */
  readonly istio: string
  /** The `input` of the case that they are for. */
  readonly input: string
}

export function readGolden({ folder }: Pick<Case, 'folder'>): Golden | null {
  const file = join(folder, 'golden.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
}

/** An answer a line, so that a change of one is seen as such. */
export function formatGolden({ istio, input, rejected, made, answers }: Golden): string {
  const lines = answers.map((answer) => `    ${JSON.stringify(answer)}`)
  const list = lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n  ]`
  const head = Object.entries({ istio, input, rejected, made })
  return `{\n${head.map(([key, value]) => `  "${key}": ${JSON.stringify(value)},\n`).join('')}  "answers": ${list}\n}\n`
}

export function writeGolden({ folder }: Pick<Case, 'folder'>, golden: Golden): void {
  writeFileSync(join(folder, 'golden.json'), formatGolden(golden))
}
