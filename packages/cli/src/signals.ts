import type { ExitCode } from './errors.ts'

/** The signals that end a command, as a command sees them. */
export interface Signals {
  /** Resolves at the first signal with the exit code that tells of it (128 + its number). */
  readonly first: Promise<ExitCode>
  /** Runs at each further signal: the user does not want to wait. */
  readonly onFurther: (listener: () => void) => void
}

const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

/** Listens to the process's signals, which from then on no longer end it by themselves. */
export function processSignals(): Signals {
  const further: (() => void)[] = []
  let count = 0
  const first = new Promise<ExitCode>((resolve) => {
    for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        count += 1
        if (count === 1) resolve(EXIT_CODES[signal])
        else for (const listener of further) listener()
      })
    }
  })
  return { first, onFurther: (listener) => void further.push(listener) }
}
