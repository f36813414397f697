// Node's timers count in 32 bits: a longer delay would fire at once.
const LONGEST = 2_147_483_647

/** Runs `run` in `ms` milliseconds, at the latest after 24 days. */
export function after(ms: number, run: () => void): NodeJS.Timeout {
  return setTimeout(run, Math.min(ms, LONGEST))
}
