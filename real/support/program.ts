import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { inject } from 'vitest'
import type { TestContext } from 'vitest'
import type { Programs } from './install.ts'

/** The path of a program; where it could not be installed, the test says so and does not run. */
export function programPath(context: Pick<TestContext, 'skip'>, name: keyof Programs): string {
  const program = inject('programs')[name]
  // Only where this machine cannot install it (no registry in reach, another CPU): there is nothing to ask then, and a
  // failure would blame the code. The reason is printed, and .ci/run counts the test as not run, never as passed.
  if ('missing' in program) return context.skip(program.missing)
  return program.path
}

/** A program that runs until it is stopped. */
export class Program {
  readonly child: ChildProcess
  readonly #ended: Promise<unknown>
  readonly #more = new EventEmitter()
  #output = ''

  constructor(path: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    this.child = spawn(path, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#more.setMaxListeners(0)
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString()
        this.#more.emit('more')
      })
    }
    this.#ended = once(this.child, 'close').then(() => this.#more.emit('more'))
  }

  /** All that it printed so far. */
  get output(): string {
    return this.#output
  }

  /** Waits until the output holds a match; throws with the output where the program ends without. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#output)
      if (match !== null) return match
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error(`it ended without saying ${String(pattern)}: …${this.#output.slice(-2000)}`)
      await once(this.#more, 'more')
    }
  }

  /** Ends it and waits until it is gone. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal)
    await this.#ended
  }
}
