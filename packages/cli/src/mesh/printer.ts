import { formatDiagnostic } from '@traffic-lanes/routing'
import type { Diagnostic, Proxy, Workload } from '@traffic-lanes/routing'
import type { AccessLogEntry } from '../dataplane/index.ts'
import type { CliError } from '../errors.ts'
import type { Io } from '../io.ts'
import type { Attached } from './plan.ts'
import type { ReadyInstance, Reporter } from './reporter.ts'

export interface PrinterOptions {
  /** Only failures and warnings are printed. */
  readonly quiet: boolean
  /** What the workloads print. */
  readonly logs: boolean
  /** A line for each request that a proxy of the mesh answered. */
  readonly accessLog: boolean
  /** What becomes of a failed workload. Default: its message is printed. */
  readonly onFailure?: (error: CliError) => void
}

/** Prints what happens in the mesh: status to standard output, what needs attention to standard error. */
export class MeshPrinter implements Reporter {
  readonly #io: Io
  readonly #options: PrinterOptions
  readonly #began = performance.now()
  readonly #gateways: string[] = []
  #ready = 0
  #hasStarted = false
  #width = 0

  constructor(io: Io, options: PrinterOptions) {
    this.#io = io
    this.#options = options
  }

  readonly diagnostics = (list: readonly Diagnostic[]): void => {
    for (const diagnostic of list) this.diagnostic(diagnostic)
  }

  readonly diagnostic = (diagnostic: Diagnostic): void => {
    if (diagnostic.level !== 'info') this.#io.stderr.write(`${formatDiagnostic(diagnostic)}\n`)
  }

  readonly listening = (gateway: string, port: number, local: number): void => {
    const line = `http://127.0.0.1:${local} is port ${port} of gateway ${gateway}\n`
    if (this.#hasStarted) this.#say(line)
    else this.#gateways.push(line)
  }

  readonly ready = (workload: Workload, { host, port, pid, ms }: ReadyInstance): void => {
    this.#ready += 1
    this.#status(
      workload,
      'green',
      `ready after ${Math.round(ms)} ms on ${host}:${port}, pid ${pid}`,
    )
  }

  readonly attached = (
    workload: Workload,
    { host, port }: Attached,
    environment: Readonly<Record<string, string>>,
  ): void => {
    this.#status(workload, 'cyan', `attached, ${host}:${port} is not ours to start`)
    const shell = Object.entries({ ...environment, PORT: String(port) }).map(
      ([name, value]) => `${name}=${quote(value)}`,
    )
    this.#say('  so that its own calls go through the mesh, start it with this environment:\n')
    this.#say(`  ${shell.join(' ')}\n`)
  }

  readonly stopped = (workload: Workload, why: string): void => {
    this.#status(workload, 'yellow', `stopped: ${why}`)
  }

  readonly failed = (error: CliError): void => {
    if (this.#options.onFailure) this.#options.onFailure(error)
    else this.#io.stderr.write(`${this.#io.stderr.paint('red', 'lanes:')} ${error.message}\n`)
  }

  readonly log = (workload: Workload, line: string): void => {
    if (!this.#options.logs) return
    this.#say(`${this.#io.stdout.paint('dim', `${this.#pad(workload.name)} |`)} ${line}\n`)
  }

  readonly request = (proxy: Proxy, entry: AccessLogEntry): void => {
    if (!this.#options.accessLog) return
    const flags = entry.flags.length === 0 ? '-' : entry.flags.join(',')
    this.#say(
      `${proxy.id} "${entry.method} ${entry.path}" ${entry.host ?? '-'} ${entry.status} ${flags} ${Math.round(entry.ms)} ms ${entry.cluster ?? '-'} ${entry.endpoint?.workload ?? '-'}\n`,
    )
  }

  readonly started = (): void => {
    const seconds = ((performance.now() - this.#began) / 1000).toFixed(1)
    this.#say(`${this.#ready} instances ready after ${seconds} s; Ctrl-C stops everything\n`)
    for (const line of this.#gateways) this.#say(line)
    this.#hasStarted = true
  }

  readonly stopping = (): void => {
    this.#say('stopping; a second Ctrl-C kills what does not stop\n')
  }

  readonly reloaded = (files: readonly string[]): void => {
    this.#say(`${files.join(', ')} changed: routes reloaded\n`)
  }

  readonly mended = (): void => {
    this.#say('the manifests are again as the mesh runs them\n')
  }

  readonly kept = (error: CliError): void => {
    this.#io.stderr.write(
      `${this.#io.stderr.paint('red', 'lanes:')} ${error.message}\nlanes: the mesh goes on with the manifests as they were\n`,
    )
  }

  #status(workload: Workload, colour: 'green' | 'cyan' | 'yellow', text: string): void {
    this.#say(`${this.#io.stdout.paint(colour, '●')} ${this.#pad(workload.name)}  ${text}\n`)
  }

  /** Names in one column, as far as they have been seen. */
  #pad(name: string): string {
    this.#width = Math.max(this.#width, name.length)
    return name.padEnd(this.#width)
  }

  #say(text: string): void {
    if (!this.#options.quiet) this.#io.stdout.write(text)
  }
}

/** For a POSIX shell. */
function quote(value: string): string {
  return /^[\w./:=@,-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`
}
