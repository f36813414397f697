import type { LintCode } from '../../src/index.ts'

/** Manifests that one code is about, with and without the fault. */
export interface Fault {
  readonly code: LintCode
  /** What the fault is, in the words of a test's title. */
  readonly title: string
  readonly broken: string
  readonly cured: string
  /** The text that stands where the finding points to. */
  readonly at: string
  /** Whether the finding comes with a request that shows it. */
  readonly shown: boolean
}

/** Documents of one file. */
export function yaml(...documents: readonly string[]): string {
  return documents.map((one) => one.trim()).join('\n---\n')
}
