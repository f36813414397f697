import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { statSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Workload } from '@traffic-lanes/routing'
import { formatPosition } from '@traffic-lanes/routing'
import type { WorkloadConfig } from '../config.ts'
import { CliError, codeOf, messageOf } from '../errors.ts'
import type { Pod } from './pod.ts'
import { waitReady } from './probe.ts'
import type { Reaper } from './reaper.ts'

/** How long a process may take from its start to its readiness. */
const READY_TIMEOUT_MS = 30_000
/** Output lines kept for the message of a process that fails. */
const TAIL_LINES = 30
/** How long output is still read after the process ended. */
const OUTPUT_LINGER_MS = 500

export interface InstanceOptions {
  readonly workload: Workload
  readonly config: WorkloadConfig
  readonly pod: Pod
  /** Absolute working directory. */
  readonly cwd: string
  /** The whole environment, PORT included. */
  readonly env: NodeJS.ProcessEnv
  readonly port: number
  readonly reaper: Reaper
  readonly onLog: (line: string) => void
}

/** One process that stands for a pod. */
export class Instance {
  readonly workload: Workload
  readonly host = '127.0.0.1'
  readonly port: number
  /** Resolves with how the process ended, once it and its whole group are gone. */
  readonly ended: Promise<string>
  readonly #options: InstanceOptions
  readonly #child: ChildProcess
  readonly #tail: string[] = []
  readonly #over = new AbortController()
  #couldNotStart = false
  readonly #began = performance.now()
  #readyAfter = 0

  constructor(options: InstanceOptions) {
    const { workload, config, cwd, env, port, reaper } = options
    this.workload = workload
    this.port = port
    this.#options = options
    if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory())
      throw new CliError(`${config.position}: \`cwd\` "${config.cwd}" is no folder; correct it`, 2)

    const [program = '', ...args] = config.command
    this.#child = spawn(program, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Its own process group: what the program starts is ended with it, and Ctrl-C reaches only us.
      detached: true,
    })
    const group = this.#child.pid
    if (group !== undefined) reaper.started(group)
    this.#readLog()
    this.ended = this.#end(group)
  }

  /** Milliseconds from its start to its readiness; 0 before. */
  get readyAfter(): number {
    return this.#readyAfter
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /**
   * Waits for the readiness probe.
   *
   * @throws CliError (exit code 1) where the process ends first or is not ready within 30 s.
   */
  async ready(): Promise<void> {
    const late = AbortSignal.timeout(READY_TIMEOUT_MS)
    const signal = AbortSignal.any([late, this.#over.signal])
    if (await waitReady(this, this.#options.pod.probe, signal)) {
      this.#readyAfter = performance.now() - this.#began
      return
    }
    throw new CliError(`${this.describe()} ${await this.#whyNotReady(late)}`, 1)
  }

  /** SIGTERM to the group, SIGKILL after the grace period. Resolves when nothing of it is left. */
  async stop(graceMs: number): Promise<void> {
    this.#signal('SIGTERM')
    const timer = setTimeout(() => this.#signal('SIGKILL'), graceMs)
    await this.ended
    clearTimeout(timer)
  }

  kill(): void {
    this.#signal('SIGKILL')
  }

  /** `testbbb-release (k8s/base/testbbb-release.yaml:1:1)`. */
  describe(): string {
    return describeWorkload(this.workload)
  }

  /** What to do about its end: its last lines say more, where it printed any. */
  cure(): string {
    return this.#tail.length === 0
      ? 'it printed nothing: start it by hand to see why'
      : `mend what it says below${this.#tail.map((line) => `\n    ${line}`).join('')}`
  }

  async #whyNotReady(late: AbortSignal): Promise<string> {
    if (late.aborted)
      return `is not ready after ${READY_TIMEOUT_MS / 1000} s (${this.#describeProbe()}); does it listen on the port in PORT? ${this.cure()}`
    const how = await this.ended
    return this.#couldNotStart ? how : `${how} before it was ready; ${this.cure()}`
  }

  #describeProbe(): string {
    const { probe } = this.#options.pod
    const address = `${this.host}:${this.port}`
    return probe.kind === 'http'
      ? `its readinessProbe GET http://${address}${probe.path} does not succeed`
      : `nothing listens on ${address}`
  }

  #readLog(): void {
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream === null) continue
      createInterface({ input: stream }).on('line', (line) => {
        this.#tail.push(line)
        if (this.#tail.length > TAIL_LINES) this.#tail.shift()
        this.#options.onLog(line)
      })
    }
  }

  async #end(group: number | undefined): Promise<string> {
    const how = await new Promise<string>((resolve) => {
      this.#child.on('error', (error) => {
        if (group !== undefined) return
        this.#couldNotStart = true
        const { command, position } = this.#options.config
        resolve(
          codeOf(error) === 'ENOENT'
            ? `could not start: there is no program "${command[0] ?? ''}"; correct \`command\` at ${position}, or install it`
            : `could not start: ${messageOf(error)}; correct \`command\` at ${position}`,
        )
      })
      this.#child.on('exit', (code, signal) => {
        this.#signal('SIGKILL')
        // 'close' comes when the output was read to its end; a process that left the group may hold on to it.
        const letGo = setTimeout(() => {
          this.#child.stdout?.destroy()
          this.#child.stderr?.destroy()
        }, OUTPUT_LINGER_MS)
        this.#child.once('close', () => {
          clearTimeout(letGo)
          resolve(describeExit(code, signal))
        })
      })
    })
    if (group !== undefined) this.#options.reaper.ended(group)
    this.#over.abort()
    return how
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child
    if (pid === undefined) return
    try {
      process.kill(-pid, signal)
    } catch {
      // ESRCH: the whole group is gone already.
    }
  }
}

/** `testbbb-release (k8s/base/testbbb-release.yaml:1:1)`. */
function describeWorkload({ name, resource }: Workload): string {
  return `${name} (${formatPosition(resource.position())})`
}

function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `ended with exit code ${code}` : `was killed by ${signal}`
}
