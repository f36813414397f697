import { markdownTable } from '../output/markdown.ts'
import { callerName } from '../reach/caller-name.ts'
import type { Diff } from './diff.ts'
import { lanesInWords, requestsOf, sideInWords, summary } from './words.ts'

/** The changes for a merge request. */
export function diffAsMarkdown(diff: Diff): string {
  const { changes, everybody } = diff
  const rows = changes.map((change) => [
    requestsOf(change),
    lanesInWords(change),
    callerName(change.callers, everybody.get(change.callers.kind) ?? []),
    sideInWords(change.before),
    sideInWords(change.after),
  ])
  const table =
    rows.length === 0
      ? ''
      : `${markdownTable(['request', 'lanes', 'from', 'before', 'after'], rows)}\n`
  return `${table}${summary(diff)}\n`
}
