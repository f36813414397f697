import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { startAnalyzers } from './lint/analyzers.ts'
import { goldenFile, readLintCases } from './lint/lint-case.ts'
import type { LintGolden } from './lint/lint-case.ts'
import { differences, ourVerdicts } from './lint/verdicts.ts'

export interface LintConformance {
  readonly cases: number
  /** Cases whose golden was not what Istio says now; rewritten. */
  readonly stale: readonly string[]
  /** What our linter and Istio's analyzers do not both say, a line each. */
  readonly differences: readonly string[]
}

/**
 * Asks Istio's analyzers about every case of conformance/lint-cases, rewrites the goldens that are not what
 * they say, and compares our linter with them.
 */
export async function lintConformance(): Promise<LintConformance> {
  const binary = `${import.meta.dirname}/../.cache/oracle`
  const istio = execFileSync(binary, ['version'], { encoding: 'utf8' }).trim()
  const analyzers = startAnalyzers(binary)
  const stale: string[] = []
  const different: string[] = []
  const cases = readLintCases()
  for (const { name, manifest, input, golden } of cases) {
    const verdicts = await analyzers.ask(name, [manifest])
    const fresh: LintGolden = { istio, input, verdicts }
    if (JSON.stringify(golden) !== JSON.stringify(fresh)) {
      stale.push(name)
      writeFileSync(goldenFile(name), `${JSON.stringify(fresh, null, 2)}\n`)
    }
    for (const line of differences(ourVerdicts([manifest]), verdicts))
      different.push(`${name}: ${line}`)
  }
  await analyzers.close()
  return { cases: cases.length, stale, differences: different }
}
