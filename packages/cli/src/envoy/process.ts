import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { CliError } from '../errors.ts'
import type { Reaper } from '../mesh/reaper.ts'
import { withResolvers } from '../with-resolvers.ts'
import { EnvoyAdmin } from './admin.ts'

/** How long it may take from its start until it serves. */
const SERVING_TIMEOUT_MS = 20_000
/** Lines of its log kept for the message where it fails. */
const TAIL_LINES = 60

export interface EnvoyProcessOptions {
  readonly program: string
  /** A folder of its own. */
  readonly folder: string
  readonly bootstrap: string
  /** Whose proxy it is, for messages. */
  readonly id: string
  readonly reaper: Reaper
  /** A line of the access log. */
  readonly onAccess: (line: string) => void
}

/** An Envoy that runs. */
export class EnvoyProcess {
  /** Resolves with how it ended. */
  readonly ended: Promise<string>
  readonly #child: ChildProcess
  readonly #options: EnvoyProcessOptions
  readonly #serving = withResolvers<EnvoyAdmin>()
  readonly #tail: string[] = []

  constructor(options: EnvoyProcessOptions) {
    this.#options = options
    const { program, folder, bootstrap, reaper } = options
    const adminFile = join(folder, 'admin-address')
    const args = ['-c', bootstrap, '--admin-address-path', adminFile, '--disable-hot-restart']
    // Its own process group: Ctrl-C reaches only us.
    this.#child = spawn(program, [...args, ...SETTINGS], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const { pid, stdout, stderr } = this.#child
    if (pid !== undefined) reaper.started(pid)
    if (stdout !== null) createInterface({ input: stdout }).on('line', options.onAccess)
    if (stderr !== null)
      createInterface({ input: stderr }).on('line', (line) => {
        if (line.includes('all dependencies initialized. starting workers'))
          this.#serving.resolve(new EnvoyAdmin(readFileSync(adminFile, 'utf8')))
        if (!/\]\[info\]/.test(line)) this.#tail.push(line)
        if (this.#tail.length > TAIL_LINES) this.#tail.shift()
      })
    this.ended = new Promise((resolve) => {
      this.#child.on('error', (error) => resolve(`could not start: ${error.message}`))
      this.#child.on('close', (code, signal) => {
        if (pid !== undefined) reaper.ended(pid)
        resolve(signal === null ? `ended with exit code ${code}` : `was killed by ${signal}`)
      })
    })
  }

  /**
   * Waits until it serves.
   *
   * @throws CliError (exit code 1) where it ends first.
   */
  async serving(): Promise<EnvoyAdmin> {
    const early = this.ended.then((how) => {
      throw this.failure(how)
    })
    const late = AbortSignal.timeout(SERVING_TIMEOUT_MS)
    const over = withResolvers<never>()
    late.addEventListener('abort', () =>
      over.reject(this.failure(`does not serve after ${SERVING_TIMEOUT_MS / 1000} s`)),
    )
    return Promise.race([this.#serving.promise, early, over.promise])
  }

  /** A sentence for what it did wrong, with the last that it said. */
  failure(what: string): CliError {
    const said = this.#tail.map((line) => `\n    ${line}`).join('')
    return new CliError(`the Envoy of ${this.#options.id} ${what}${said}`, 1)
  }

  /** Ends it, running requests too: whoever stops a proxy has seen to them. */
  async kill(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null)
      this.#child.kill('SIGKILL')
    await this.ended
  }
}

const SETTINGS = Object.entries({
  // One worker is plenty on a developer's machine.
  concurrency: '1',
  'log-level': 'warning',
  // Says when it serves.
  'component-log-level': 'main:info,config:info',
  // A line of the access log is seen soon.
  'file-flush-interval-msec': '50',
  // A listener that is gone lets its requests finish for so many seconds.
  'drain-time-s': '10',
}).flatMap(([name, value]) => [`--${name}`, value])
