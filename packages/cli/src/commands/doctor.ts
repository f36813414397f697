import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { collect, examples } from '../command.ts'
import type { Start } from '../command.ts'
import { CliError } from '../errors.ts'
import type { ExitCode } from '../errors.ts'
import type { Io } from '../io.ts'
import type { Signals } from '../signals.ts'

interface DoctorFlags {
  readonly path: readonly string[]
  readonly port?: string
  readonly timeout: string
  readonly json: boolean
}

/** How long the examination itself may take, once the app listens, in milliseconds. */
const EXAMINE_MS = 120_000

/** How long Node and the preload may take before the app itself starts, in milliseconds. */
const LOAD_MS = 60_000

/** How much of what the app wrote is shown when it fails. */
const LAST_LINES = 15

/** Adds `lanes doctor` to the program. */
export function addDoctor(program: Command, start: Start): void {
  program
    .command('doctor')
    .description(
      'start an app between two hops of this machine and say which of its calls lose or leak the lane',
    )
    .argument('<app>', 'the file that `node` starts')
    .argument('[args...]', 'its arguments, behind --')
    .option('--path <path>', 'what to ask the app for; may be repeated (default: /)', collect, [])
    .option('--port <port>', 'the port of the app to ask, where it has several')
    .option('--timeout <seconds>', 'how long the app may take until it listens (default: 10)', '10')
    .option('--json', 'print one JSON object', false)
    .addHelpText(
      'after',
      examples(
        'lanes doctor dist/server.js',
        'PORT=3000 lanes doctor server.js --path /orders --path /cart -- --config test.yaml',
      ),
    )
    .action((app: string, args: string[], flags: DoctorFlags) =>
      start((io, signals) => runDoctor(app, args, flags, io, signals())),
    )
}

/** What the preload tells, by IPC. */
interface Told {
  readonly kind: 'loaded' | 'listening' | 'report'
  readonly report?: { readonly calls: number; readonly findings: readonly unknown[] }
  readonly text?: string
}

async function runDoctor(
  app: string,
  args: readonly string[],
  flags: DoctorFlags,
  io: Io,
  signals: Signals,
): Promise<ExitCode> {
  const seconds = readTimeout(flags.timeout)
  const file = resolve(io.cwd, app)
  if (!existsSync(file))
    throw new CliError(`${app} does not exist; name the file that \`node\` starts`, 2)
  const child = fork(file, args, {
    cwd: io.cwd,
    env: { ...io.env, ...doctorEnv(flags) },
    execArgv: ['--import', import.meta.resolve('@traffic-lanes/propagation/doctor')],
    silent: true,
  })
  try {
    return await Promise.race([signals.first, examine(child, app, seconds, flags.json, io)])
  } finally {
    child.kill('SIGKILL')
  }
}

async function examine(
  child: ChildProcess,
  app: string,
  seconds: number,
  json: boolean,
  io: Io,
): Promise<ExitCode> {
  const output = lastLines(child)
  const told = messages(child)
  // The time that the app has is its own: Node and the preload come before.
  const loaded = await told(LOAD_MS)
  const listening = typeof loaded === 'string' ? loaded : await told(seconds * 1000)
  if (listening === 'late') {
    throw new CliError(
      `${app} did not listen within ${seconds} s: no server of node:http or node:https opened a port. Give it what it needs to start (variables before \`lanes\`, arguments behind --), more time with --timeout, or the port with --port${output()}`,
      2,
    )
  }
  if (typeof listening === 'string') {
    throw new CliError(
      `${app} ${listening} before it listened. Start it by \`node ${app}\` first, and give the doctor the same variables and arguments${output()}`,
      2,
    )
  }
  const answer = listening.kind === 'report' ? listening : await told(EXAMINE_MS)
  if (answer === 'late') {
    throw new CliError(`${app} did not answer within ${EXAMINE_MS / 1000} s${output()}`, 2)
  }
  if (typeof answer === 'string') {
    throw new CliError(
      `${app} ${answer} while it was asked; the calls that the doctor answers get 200 and {}${output()}`,
      2,
    )
  }
  const { report, text = '' } = answer
  if (report === undefined) throw new CliError(`${app} told nothing${output()}`, 2)
  io.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : text)
  if (report.calls === 0) return 2
  return report.findings.length === 0 ? 0 : 1
}

/** Answers the next message, `late` where there was none in time, or how the process ended, in words. */
function messages(child: ChildProcess): (ms: number) => Promise<Told | string> {
  const waiting: ((told: Told | string) => void)[] = []
  const queue: (Told | string)[] = []
  const push = (told: Told | string): void => {
    const next = waiting.shift()
    if (next === undefined) queue.push(told)
    else next(told)
  }
  // The app may send messages of its own.
  child.on('message', (message) => {
    if (isTold(message)) push(message)
  })
  child.on('error', (error) => push(`could not be started: ${error.message}`))
  child.on('close', (code, signal) => {
    push(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`)
  })
  return async (ms) => {
    const known = queue.shift()
    if (known !== undefined) return known
    return new Promise((settle) => {
      const timer = setTimeout(settle, ms, 'late')
      waiting.push((told) => {
        clearTimeout(timer)
        settle(told)
      })
    })
  }
}

function isTold(message: unknown): message is Told {
  const kind: unknown = Reflect.get(Object(message), 'kind')
  return kind === 'loaded' || kind === 'listening' || kind === 'report'
}

function doctorEnv({ path, port }: DoctorFlags): NodeJS.ProcessEnv {
  return {
    LANES_DOCTOR_PATHS: JSON.stringify(path.length === 0 ? ['/'] : path),
    LANES_DOCTOR_PORT: port ?? '',
  }
}

function readTimeout(text: string): number {
  const seconds = Number(text)
  if (Number.isFinite(seconds) && seconds > 0) return seconds
  throw new CliError(`\`--timeout ${text}\` is no number of seconds above 0`, 2)
}

/** The last lines that the app wrote, for an error. */
function lastLines(child: ChildProcess): () => string {
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (more: string) => {
      text = (text + more).slice(-20_000)
    })
  }
  return () => {
    const lines = text.trimEnd().split('\n').slice(-LAST_LINES)
    return text.trim() === ''
      ? '; it wrote nothing'
      : `. It wrote last:\n${lines.map((line) => `  ${line}`).join('\n')}`
  }
}
