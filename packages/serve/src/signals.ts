import { constants } from 'node:os'

/** The signals that ask a server to stop: Kubernetes and Docker send SIGTERM, Ctrl-C sends SIGINT. */
const stopSignals = ['SIGTERM', 'SIGINT'] as const

/**
 * Lets SIGTERM and SIGINT stop a server, and returns the undo.
 *
 * The process ends naturally, by having nothing left to do, so that no write is lost. It is ended by
 * `process.exit` in two cases only: on a second signal, with 128 + its number (as a shell reports a
 * death by signal; raising the signal anew would be ignored in a container, where the process is
 * number 1), and with 1 when it is still there at the deadline.
 *
 * @param stop stops the server; resolves to the number of connections that had to be cut
 * @param timeout milliseconds from the signal to the deadline
 * @param log receives a sentence where the end is not a natural one
 * @param exit ends the process
 */
export function stopOnSignals(
  stop: () => Promise<{ cut: number }>,
  timeout: number,
  log: (line: string) => void,
  exit: (code: number) => void = (code) => process.exit(code),
): () => void {
  let asked = false

  const onSignal = (signal: (typeof stopSignals)[number]): void => {
    if (asked) {
      log(`Ending at once: ${signal} came while stopping.`)
      return exit(128 + constants.signals[signal])
    }
    asked = true
    void stopAndEnd()
  }

  async function stopAndEnd(): Promise<void> {
    const deadline = performance.now() + timeout
    const { cut } = await stop()
    // 0 is not set: an exit code that the app has chosen stands.
    if (cut > 0) process.exitCode = 1
    // Unref'd, so that it only fires in a process that something else keeps alive.
    setTimeout(endHeld, Math.max(0, deadline - performance.now())).unref()
  }

  function endHeld(): void {
    const resources = [...new Set(process.getActiveResourcesInfo())].join(', ')
    log(`Ending by force: the server has stopped, but the process is kept alive by ${resources}.`)
    exit(1)
  }

  for (const signal of stopSignals) process.on(signal, onSignal)
  return () => {
    for (const signal of stopSignals) process.off(signal, onSignal)
  }
}
