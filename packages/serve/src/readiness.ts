/** The life of a server: before it listens, while it serves, and from the start of its stop. */
export type Phase = 'starting' | 'serving' | 'stopping'

/** What a readiness probe asks: may this instance be sent requests now? */
export interface Readiness {
  /** True while the server serves and every required check passes. */
  readonly ready: boolean
  /** Why `ready` is false, for the probe's answer: the phase, or the names of the failing checks. */
  readonly reasons: readonly string[]
  /**
   * Adds a check of the app's own and returns its undo. Keep to what this instance alone can lack (a
   * warm cache, a loaded configuration): a check on a shared dependency takes every instance out of
   * service at once when that dependency fails.
   *
   * @param name stands in `reasons` while the check fails
   * @param check returns true when all is well; a check that throws has failed
   */
  require(name: string, check: () => boolean): () => void
  /** Moves to the next phase. `serve` calls it; an app has no need to. */
  enter(phase: Phase): void
}

/**
 * Makes the object that the app's `/readyz` reads and that `serve` switches: not ready before the
 * server listens, ready while it serves, not ready again as soon as it is told to stop, so that
 * Kubernetes withdraws the endpoint while the last requests still finish.
 *
 * @example
 * const readiness = createReadiness()
 * router.get('/readyz', (ctx) => {
 *   ctx.status = readiness.ready ? 200 : 503
 *   ctx.body = readiness.ready ? 'ready' : readiness.reasons.join(', ')
 * })
 * await serve(app.callback(), { readiness })
 */
export function createReadiness(): Readiness {
  let phase: Phase = 'starting'
  // Keyed by an object of its own, so that two checks of one name can be undone apart.
  const checks = new Map<object, { name: string; check: () => boolean }>()

  const reasons = (): string[] =>
    phase === 'serving'
      ? [...checks.values()].filter(({ check }) => !passes(check)).map(({ name }) => name)
      : [phase]

  return {
    get ready() {
      return reasons().length === 0
    },
    get reasons() {
      return reasons()
    },
    require(name, check) {
      const key = {}
      checks.set(key, { name, check })
      return () => void checks.delete(key)
    },
    enter(next) {
      phase = next
    },
  }
}

function passes(check: () => boolean): boolean {
  try {
    return check()
  } catch {
    return false
  }
}
