import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/**
 * Ends every started process group when this process is gone, even by SIGKILL: a helper process waits on
 * a pipe that the kernel closes for us.
 */
export class Reaper {
  readonly #child = spawn(process.execPath, [fileURLToPath(import.meta.resolve('../reap.js'))], {
    // Its own session: a signal to our group must not take it along.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {},
  })

  constructor() {
    // The helper may only be gone when we are about to be; then there is nobody to tell.
    this.#child.stdin.on('error', () => {})
    this.#child.on('error', () => {})
  }

  started(group: number): void {
    this.#child.stdin.write(`+${group}\n`)
  }

  ended(group: number): void {
    this.#child.stdin.write(`-${group}\n`)
  }

  /** A folder that must not outlive this process. */
  ownsFolder(path: string): void {
    this.#child.stdin.write(`=${path}\n`)
  }

  /** Lets the helper go; whatever was not reported as ended is killed by it. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.pid === undefined) return
    const gone = once(this.#child, 'exit')
    this.#child.stdin.end()
    await gone
  }
}
