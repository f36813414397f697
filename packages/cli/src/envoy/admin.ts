import { setTimeout } from 'node:timers/promises'

/** How long Envoy may take to apply what was written; it takes milliseconds. */
const APPLY_TIMEOUT_MS = 10_000
const FIRST_PAUSE_MS = 2
const LONGEST_PAUSE_MS = 50

/** Envoy's admin interface, as far as the local mesh asks it. */
export class EnvoyAdmin {
  readonly #url: string

  /** @param address `127.0.0.1:15000`. */
  constructor(address: string) {
    this.#url = `http://${address}`
  }

  /**
   * Waits until Envoy runs on these versions of its configuration.
   *
   * @param versions by the name of the statistic that tells it, without `.version_text`.
   * @returns false where the signal aborted the wait, or Envoy did not take them within 10 s.
   */
  async runsOn(versions: ReadonlyMap<string, string>, signal: AbortSignal): Promise<boolean> {
    const late = AbortSignal.any([signal, AbortSignal.timeout(APPLY_TIMEOUT_MS)])
    let pause = FIRST_PAUSE_MS
    while (!late.aborted) {
      const running = await this.#versions()
      if ([...versions].every(([name, version]) => running.get(name) === version)) return true
      // Aborted: the loop's condition says so.
      await setTimeout(pause, undefined, { signal: late }).catch(() => {})
      pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)
    }
    return false
  }

  async #versions(): Promise<ReadonlyMap<string, string>> {
    const page = await fetch(`${this.#url}/stats?type=TextReadouts&filter=version_text$`)
      .then((response) => response.text())
      // It is gone, or not there yet.
      .catch(() => '')
    const lines = page.matchAll(/^(.*)\.version_text: "(.*)"$/gm)
    return new Map([...lines].map(([, name = '', version = '']) => [name, version]))
  }
}
