import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** The repository. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url))
const BIN = fileURLToPath(new URL('../packages/cli/bin/lanes.js', import.meta.url))

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A `lanes` that runs. */
export class Run {
  readonly child: ChildProcess
  readonly exited: Promise<Exit>
  readonly #more = new EventEmitter()
  #stdout = ''
  #stderr = ''

  constructor(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}) {
    this.child = spawn(process.execPath, [BIN, ...args], {
      cwd,
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that a test can signal the group as a terminal does.
      detached: true,
    })
    this.#more.setMaxListeners(0)
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.#stdout += chunk.toString()
      this.#more.emit('more')
    })
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString()
      this.#more.emit('more')
    })
    this.exited = once(this.child, 'close').then(() => {
      this.#more.emit('more')
      const { exitCode: code, signalCode: signal } = this.child
      return { code, signal, stdout: this.#stdout, stderr: this.#stderr }
    })
  }

  /** Ends it, with its whole group, unless it has ended. */
  async end(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.group('SIGTERM')
    await this.exited
  }

  get output(): string {
    return this.#stdout + this.#stderr
  }

  /** Waits until the output holds a match; fails with the output when the process ends without. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output)
      if (match !== null) return match
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        await this.exited
        const last = pattern.exec(this.output)
        if (last !== null) return last
        throw new Error(`lanes ended without saying ${String(pattern)}:\n${this.output}`)
      }
      await once(this.#more, 'more')
    }
  }

  /** Signals the process alone. */
  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }

  /** Signals the process group, as Ctrl-C and a closing terminal do. */
  group(signal: NodeJS.Signals): void {
    if (this.child.pid !== undefined) process.kill(-this.child.pid, signal)
  }
}

/** Starts `lanes` with these arguments; it ends with the test at the latest. */
export function lanes(args: readonly string[], cwd = ROOT, env: NodeJS.ProcessEnv = {}): Run {
  const run = new Run(args, cwd, env)
  onTestFinished(() => run.end())
  return run
}

/** Workload name -> pid, as `lanes up` says them. */
export function pidsIn(output: string): Map<string, number> {
  return new Map(
    [...output.matchAll(/● (\S+) +ready after .*pid (\d+)/g)].map(([, name = '', pid]) => [
      name,
      Number(pid),
    ]),
  )
}

/** The gateway's URL, as `lanes up` says it. */
export async function gatewayOf(run: Run): Promise<string> {
  const [, url = ''] = await run.says(/(http:\/\/127\.0\.0\.1:\d+) is port 80 of gateway/)
  return url
}

/** Whether a process of this number exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
