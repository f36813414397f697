import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { casesFolder } from './case.ts'

/** Cases in which the engine is known to differ from the oracle, until it does not. */
export function readPending(): ReadonlySet<string> {
  const text = readFileSync(join(casesFolder, '../pending.txt'), 'utf8')
  return new Set(text.split('\n').filter((line) => line !== '' && !line.startsWith('#')))
}
