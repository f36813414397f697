import type { Io } from '../src/io.ts'

const paint = (_style: unknown, text: string): string => text

/** An Io that keeps what is written. */
export function testIo(cwd: string, given: { stdin?: string; env?: NodeJS.ProcessEnv } = {}) {
  let out = ''
  let err = ''
  const io: Io = {
    cwd,
    env: given.env ?? process.env,
    stdout: { write: (text) => void (out += text), paint },
    stderr: { write: (text) => void (err += text), paint },
    stdin: () => Promise.resolve(Buffer.from(given.stdin ?? '')),
  }
  return { io, out: () => out, err: () => err }
}
