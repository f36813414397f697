import type { Paint } from '../io.ts'
import { callerName } from '../reach/caller-name.ts'
import type { Reached } from '../reach/view.ts'
import type { Change } from './change.ts'
import type { Diff } from './diff.ts'
import { lanesInWords, originOf, requestsOf, sideInWords, summary } from './words.ts'

/** The changes for people. */
export function diffAsText(diff: Diff, paint: Paint): string {
  const blocks = diff.changes.map((change) => `${changeAsText(change, diff, paint)}\n`)
  return `${blocks.join('')}${summary(diff)}\n`
}

function changeAsText(change: Change, { everybody }: Diff, paint: Paint): string {
  const { callers, before, after } = change
  const lines = [
    paint('bold', requestsOf(change)),
    `  ${lanesInWords(change)}, from ${callerName(callers, everybody.get(callers.kind) ?? [])}`,
    ...side('-', 'red', before, paint),
    ...side('+', 'green', after, paint),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

function side(sign: string, style: 'red' | 'green', given: Reached, paint: Paint): string[] {
  const place = originOf(given)
  const line = paint(style, `  ${sign} ${sideInWords(given)}`)
  return place === '' ? [line] : [line, paint('dim', `      ${place}`)]
}
