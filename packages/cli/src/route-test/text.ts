import { formatPosition } from '@traffic-lanes/routing'
import { decidedBy } from '../explain/words.ts'
import type { Paint } from '../io.ts'
import type { Difference, TestResult } from './run.ts'

/** What failed, with why, and how many passed. */
export function resultsAsText(results: readonly TestResult[], paint: Paint): string {
  const failures = results.filter(isFailure)
  const blocks = failures.map((result) => `${failureAsText(result, paint)}\n`)
  const passed = results.length - failures.length
  const summary =
    failures.length === 0
      ? paint('green', `${passed} of ${results.length} tests passed`)
      : paint('red', `${failures.length} of ${results.length} tests failed`)
  return [...blocks, `${summary}\n`].join('')
}

export function isFailure({ differences }: TestResult): boolean {
  return differences.length > 0
}

function failureAsText(result: TestResult, paint: Paint): string {
  const { test } = result
  return `${paint('red', '✗')} ${paint('bold', test.name)}  ${paint('dim', test.position)}\n${details(result)}`
}

/** The request, what differs, and the route that decided, a line each. */
export function details({ test, request, decision, differences }: TestResult): string {
  const sent = request.headers.map(([name, value]) => `${name}: ${value}`)
  const lines = [
    [request.method, request.url, ...sent].join('  '),
    `from ${test.from}`,
    ...differences.map(differenceAsText),
    `decided by ${decidedBy(decision)}`,
    ...decision.passed.slice(0, SHOWN).map(({ index, name, because, origin }) => {
      const place = origin === null ? '' : `  ${formatPosition(origin.position)}`
      return `passed over ${index === null ? '' : `#${index} `}"${name ?? ''}": ${because}${place}`
    }),
    ...(decision.passed.length > SHOWN ? [`and ${decision.passed.length - SHOWN} more`] : []),
  ]
  return lines.map((line) => `    ${line}\n`).join('')
}

/** Routes that were passed over; `lanes explain` shows more. */
const SHOWN = 5

/** `workload: expected a, got b` */
export function differenceAsText({ field, expected, actual }: Difference): string {
  return `${field}: expected ${expected}, got ${actual}`
}
