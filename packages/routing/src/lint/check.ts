import type { LintCode } from './codes.ts'
import type { ReportFinding } from './finding.ts'
import type { World } from './world.ts'

/** One check: it looks at the whole world once and reports. */
export interface Check {
  /** All that it can report. */
  readonly codes: readonly LintCode[]
  readonly run: (world: World, report: ReportFinding) => void
}
