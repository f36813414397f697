import type { Instance } from './instance.ts'
import type { MeshProxy } from './mesh-proxy.ts'
import type { PlannedWorkload } from './plan.ts'

/** Pauses before a process that died is started again, as a kubelet backs off, but sooner. */
const RESTART_PAUSES_MS = [500, 1000, 2000, 4000, 8000]
/** A process that served for so long was well when it died. */
const STABLE_MS = 10_000

/** A workload of the running mesh. */
export class Running {
  planned: PlannedWorkload
  readonly sidecar: MeshProxy
  /** The process that takes its traffic; undefined while there is none. */
  instance: Instance | undefined
  #deaths = 0
  #servesSince = 0
  #restart: NodeJS.Timeout | undefined

  constructor(planned: PlannedWorkload, sidecar: MeshProxy) {
    this.planned = planned
    this.sidecar = sidecar
  }

  /** An instance has taken over. */
  served(): void {
    this.#servesSince = performance.now()
  }

  /** The instance that served is gone. */
  died(): void {
    if (performance.now() - this.#servesSince > STABLE_MS) this.#deaths = 0
  }

  /** How long to wait before the next start: longer each time. */
  nextPause(): number {
    const pause = RESTART_PAUSES_MS[Math.min(this.#deaths, RESTART_PAUSES_MS.length - 1)]
    this.#deaths += 1
    return pause ?? 0
  }

  restartAfter(ms: number, restart: () => void): void {
    this.#restart = setTimeout(restart, ms)
  }

  cancelRestart(): void {
    clearTimeout(this.#restart)
  }
}
