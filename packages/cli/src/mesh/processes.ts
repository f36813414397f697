import { setTimeout as wait } from 'node:timers/promises'
import type { Workload } from '@traffic-lanes/routing'
import { Instance } from './instance.ts'
import type { PlannedWorkload } from './plan.ts'
import { isTaken, reservePort } from './ports.ts'
import type { Reaper } from './reaper.ts'

/**
 * Milliseconds between the last request that is sent to a process and its SIGTERM: a server that has not yet read a
 * request takes its connection for an idle one and closes it. In a cluster `preStop` gives this time.
 */
const WITHDRAWN_MS = 500
/** How long a process may take to stop before it is killed. */
const STOP_GRACE_MS = 5000
/** How often a process is started on another port when somebody else took the first. */
const PORT_TRIES = 3

export interface ProcessesOptions {
  /** What every process inherits. */
  readonly env: NodeJS.ProcessEnv
  readonly reaper: Reaper
  /** Ports of this machine that somebody has or is about to have. */
  readonly ports: Set<number>
  readonly onLog: (workload: Workload, line: string) => void
}

/** Every process of the mesh that is not gone yet, the replaced ones that still finish included. */
export class Processes {
  readonly #options: ProcessesOptions
  readonly #instances = new Set<Instance>()
  readonly #stopping = new AbortController()

  constructor(options: ProcessesOptions) {
    this.#options = options
  }

  /** Whether the mesh ends: nothing is started any more. */
  get stopping(): boolean {
    return this.#stopping.signal.aborted
  }

  /**
   * Starts a process and waits until it is ready.
   *
   * @returns undefined where the workload has none of its own, or where the mesh stops meanwhile.
   * @throws CliError (exit code 1) where it does not start or does not become ready.
   */
  async start(
    planned: PlannedWorkload,
    environment: Readonly<Record<string, string>>,
    triesLeft = PORT_TRIES,
  ): Promise<Instance | undefined> {
    const { env, reaper, ports, onLog } = this.#options
    const port = await reservePort(ports)
    if (planned.process === null || this.stopping) return undefined
    const instance = new Instance({
      workload: planned.workload,
      config: planned.process.config,
      pod: planned.pod,
      cwd: planned.process.cwd,
      env: { ...env, ...environment, PORT: String(port) },
      port,
      reaper,
      onLog: (line) => onLog(planned.workload, line),
    })
    void this.#keep(instance)
    try {
      await instance.ready()
    } catch (error) {
      await instance.stop(STOP_GRACE_MS)
      // Another program was faster: that is no fault of this workload.
      if (triesLeft > 0 && (await isTaken(port)))
        return this.start(planned, environment, triesLeft - 1)
      throw error
    }
    return instance
  }

  /** Ends a process to which no proxy sends any more, once what was sent before has arrived. */
  async end(instance: Instance): Promise<void> {
    const { signal } = this.#stopping
    await wait(WITHDRAWN_MS, undefined, { signal }).catch(() => undefined)
    await instance.stop(STOP_GRACE_MS)
  }

  /** Lets no process start any more. */
  close(): void {
    this.#stopping.abort()
  }

  /** Ends all of them; resolves when nothing of them is left. */
  async endAll(): Promise<void> {
    await Promise.all([...this.#instances].map((instance) => instance.stop(STOP_GRACE_MS)))
  }

  /** Ends all of them at once. */
  kill(): void {
    for (const instance of this.#instances) instance.kill()
  }

  /** Knows the process, and its port, until nothing of it is left. */
  async #keep(instance: Instance): Promise<void> {
    this.#instances.add(instance)
    await instance.ended
    this.#instances.delete(instance)
    this.#options.ports.delete(instance.port)
  }
}
