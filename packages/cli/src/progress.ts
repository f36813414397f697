import type { Io } from './io.ts'

/** Says how far a long work is, to who watches. */
export interface Progress {
  /** @param what `reading manifests`; @param total Absent where nobody knows yet. */
  readonly step: (what: string, done: number, total?: number) => void
  /** Takes away what is shown. */
  readonly end: () => void
}

/** Milliseconds: what is over sooner needs no word, and nobody reads faster. */
const PATIENCE = 300
const PAUSE = 100

/** The control sequence that empties the line (ECMA-48, EL). */
const CLEAR = '\r\u001B[2K'

/** One line on a terminal that is written over; nothing where the output is none. */
export function progressOn(
  { isTerminal, write }: Io['stderr'],
  now = () => performance.now(),
): Progress {
  let next = now() + PATIENCE
  let isShown = false
  return {
    step: (what, done, total) => {
      if (!isTerminal || now() < next) return
      next = now() + PAUSE
      isShown = true
      write(`${CLEAR}${what}: ${done}${total === undefined ? '' : ` of ${total}`}`)
    },
    end: () => {
      if (isShown) write(CLEAR)
      isShown = false
    },
  }
}
