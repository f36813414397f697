/**
 * Exit codes, the same for every command: 0 fine; 1 a finding, a failed test, a wrong hop, a workload
 * that failed; 2 usage or unreadable input; 128 + n when signal n ended the run (130 for Ctrl-C).
 */
export type ExitCode = 0 | 1 | 2 | 129 | 130 | 143

/** A mistake or a failure that the user can mend: the message says what, where and what to do. */
export class CliError extends Error {
  override name = 'CliError' as const
  readonly exitCode: 1 | 2

  constructor(message: string, exitCode: 1 | 2, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Node's `code` of a system error (`ENOENT`, `EADDRINUSE`), else undefined. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined
}
