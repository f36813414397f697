import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** A program that answers JSON lines, one for one and in order. */
export interface LineProcess<Answer> {
  /** @throws where the program ended before it answered. */
  ask(question: object): Promise<Answer>
  /** Questions without an answer yet. */
  readonly pending: number
  readonly alive: boolean
  close(): Promise<void>
}

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

export function startLineProcess<Answer>(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): LineProcess<Answer> {
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  const waiting: Waiting<Answer>[] = []
  let alive = true
  let lastWords = ''
  const ended = new Promise<void>((resolve) => {
    const end = (reason: string) => {
      alive = false
      for (const { reject } of waiting.splice(0)) reject(new Error(reason))
      resolve()
    }
    child.once('error', (error) => end(`${command} cannot be started: ${error.message}`))
    child.once('close', (code, signal) => end(`${command} ended (${signal ?? code}): ${lastWords}`))
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-20_000)
  })
  // The end of the program is told by `close`; a broken pipe says nothing more.
  child.stdin.on('error', () => undefined)
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer: Answer = JSON.parse(line)
    waiting.shift()?.resolve(answer)
  })
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        if (!alive) {
          reject(new Error(`${command} is not running`))
          return
        }
        waiting.push({ resolve, reject })
        child.stdin.write(`${JSON.stringify(question)}\n`)
      }),
    get pending() {
      return waiting.length
    },
    get alive() {
      return alive
    },
    close: async () => {
      child.stdin.end()
      await ended
    },
  }
}
