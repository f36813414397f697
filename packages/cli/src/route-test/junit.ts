import { details, differenceAsText, isFailure } from './text.ts'
import type { TestResult } from './run.ts'

/** The results in JUnit's form, which CI servers show (GitLab: artifacts:reports:junit): a suite a file. */
export function resultsAsJunit(results: readonly TestResult[]): string {
  const files = new Map<string, TestResult[]>()
  for (const result of results) {
    const file = fileOf(result.test.position)
    const list = files.get(file)
    if (list === undefined) files.set(file, [result])
    else list.push(result)
  }
  const suites = [...files].map(([file, list]) => {
    const cases = list.map((result) => testCase(result, file))
    return `  <testsuite name="${escape(file)}" ${counts(list)}>\n${cases.join('')}  </testsuite>\n`
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="lanes test" ${counts(results)}>\n${suites.join('')}</testsuites>\n`
}

function testCase(result: TestResult, file: string): string {
  const { test, differences } = result
  const open = `    <testcase name="${escape(test.name)}" classname="${escape(file)}" file="${escape(file)}"`
  if (!isFailure(result)) return `${open}/>\n`
  const message = differences.map(differenceAsText).join('; ')
  return `${open}>\n      <failure message="${escape(message)}">${escape(`${test.position}\n${details(result)}`)}</failure>\n    </testcase>\n`
}

function counts(results: readonly TestResult[]): string {
  return `tests="${results.length}" failures="${results.filter(isFailure).length}" errors="0" skipped="0"`
}

function fileOf(position: string): string {
  return position.replace(/:\d+:\d+$/, '')
}

/** XML 1.0 knows no control characters, not even escaped (section 2.2). */
function escape(text: string): string {
  return text
    .replaceAll(/[^\P{Cc}\t\n\r]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
