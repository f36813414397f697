import { answer } from '@traffic-lanes/routing'
import { isFailure } from './text.ts'
import type { TestResult } from './run.ts'

/** The results for programs. */
export function resultsAsJson(results: readonly TestResult[]): object {
  const failed = results.filter(isFailure).length
  return {
    passed: results.length - failed,
    failed,
    tests: results.map(({ test, proxy, request, decision, differences }) => ({
      name: test.name,
      position: test.position,
      from: test.from,
      passed: differences.length === 0,
      differences,
      answer: answer(proxy, request, decision),
    })),
  }
}
