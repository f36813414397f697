import { fileURLToPath } from 'node:url'
import type { Io } from '../src/io.ts'
import { run } from '../src/program.ts'
import type { Signals } from '../src/signals.ts'

/** The repository. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

const paint = (_style: unknown, text: string): string => text

const quiet = { paint, isTerminal: false, drained: () => Promise.resolve(true) }

interface Given {
  readonly stdin?: string
  readonly env?: NodeJS.ProcessEnv
  /** Whether standard error is a terminal. Default: false. */
  readonly terminal?: boolean
}

/** An Io that keeps what is written. */
export function testIo(cwd: string, given: Given = {}) {
  let out = ''
  let err = ''
  const io: Io = {
    cwd,
    env: given.env ?? process.env,
    stdout: { ...quiet, write: (text) => void (out += text) },
    stderr: { ...quiet, write: (text) => void (err += text), isTerminal: given.terminal ?? false },
    stdin: () => Promise.resolve(Buffer.from(given.stdin ?? '')),
    stdinChunks: async function* () {
      yield await Promise.resolve(Buffer.from(given.stdin ?? ''))
    },
  }
  return { io, out: () => out, err: () => err }
}

const noSignals = (): Signals => ({ first: new Promise(() => {}), onFurther: () => {} })

/** Runs one command line in this process. */
export async function lanes(args: readonly string[], cwd = ROOT, given: Given = {}) {
  const { io, out, err } = testIo(cwd, given)
  const code = await run(args, io, noSignals)
  return { code, out: out(), err: err() }
}
