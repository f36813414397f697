import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { startAnalyzers } from './lint/analyzers.ts'
import { goldenFile, readLintCases } from './lint/lint-case.ts'
import type { LintGolden } from './lint/lint-case.ts'
import { differences, ourVerdicts } from './lint/verdicts.ts'

export interface LintConformance {
  readonly cases: number
  /** How many codes Istio gave. */
  readonly verdicts: number
  /** Cases whose golden is not what Istio says now. */
  readonly stale: readonly string[]
  /** What our linter and Istio's analyzers do not both say, a line each. */
  readonly differences: readonly string[]
}

export interface LintConformanceOptions {
  /** The oracle. Default: conformance/.cache/oracle. */
  readonly binary?: string
  /** Whether stale goldens are written anew. */
  readonly write: boolean
}

/**
 * Asks Istio's analyzers about every case of conformance/lint-cases, and compares their answers with the
 * goldens and with our linter.
 */
export async function lintConformance({
  binary = `${import.meta.dirname}/../.cache/oracle`,
  write,
}: LintConformanceOptions): Promise<LintConformance> {
  const istio = execFileSync(binary, ['version'], { encoding: 'utf8' }).trim()
  const analyzers = startAnalyzers(binary)
  const stale: string[] = []
  const different: string[] = []
  let count = 0
  const cases = readLintCases()
  for (const { name, manifest, input, golden } of cases) {
    const verdicts = await analyzers.ask(name, [manifest])
    count += verdicts.length
    const fresh: LintGolden = { istio, input, verdicts }
    if (JSON.stringify(golden) !== JSON.stringify(fresh)) {
      stale.push(name)
      if (write) writeFileSync(goldenFile(name), `${JSON.stringify(fresh, null, 2)}\n`)
    }
    for (const line of differences(ourVerdicts([manifest]), verdicts))
      different.push(`${name}: ${line}`)
  }
  await analyzers.close()
  return { cases: cases.length, verdicts: count, stale, differences: different }
}
