import { dirname, extname, resolve } from 'node:path'
import type { Command } from 'commander'
import {
  collect,
  configOption,
  envoyOption,
  examples,
  manifestOptions,
  proxyOption,
} from '../command.ts'
import type { ProxyKind, Start } from '../command.ts'
import { findEnvoy } from '../envoy/find.ts'
import { CliError } from '../errors.ts'
import type { ExitCode } from '../errors.ts'
import type { Io } from '../io.ts'
import type { LocalMeshConfig } from '../config.ts'
import { loadConfig } from '../load-config.ts'
import { LocalMesh } from '../mesh/local-mesh.ts'
import type { Attached } from '../mesh/plan.ts'
import { loadProject } from '../project.ts'
import type { ManifestFlags, Project } from '../project.ts'
import { MeshPrinter } from '../mesh/printer.ts'
import type { Signals } from '../signals.ts'
import { FolderWatcher } from '../watch.ts'
import { withResolvers } from '../with-resolvers.ts'

interface UpFlags extends ManifestFlags {
  readonly config?: string
  /** As given: `NAME=HOST:PORT`. */
  readonly attach: readonly string[]
  readonly accessLog: boolean
  readonly proxy: ProxyKind
  readonly envoy?: string
}

/** Adds `lanes up` to the program. */
export function addUp(program: Command, start: Start): void {
  configOption(manifestOptions(program.command('up')))
    .description('run the mesh of the manifests on this machine until Ctrl-C')
    .option(
      '--attach <name=host:port>',
      'do not start this Deployment: a process of yours answers there; may be repeated',
      collect,
      [],
    )
    .option('--access-log', 'print a line for each request that a proxy answered', false)
    .addOption(proxyOption())
    .addOption(envoyOption())
    .addHelpText(
      'after',
      examples(
        'lanes up',
        'lanes up --attach testaaa-release-v2=127.0.0.1:3000 --access-log',
        'lanes up --proxy envoy',
      ),
    )
    .action((flags: UpFlags) => start((io, signals) => runUp(flags, io, signals())))
}

/** Runs the mesh until a signal ends it. */
async function runUp(flags: UpFlags, io: Io, signals: Signals): Promise<ExitCode> {
  const loaded = await load(flags, io)
  const { config, project } = loaded
  const printer = new MeshPrinter(io, { quiet: false, logs: true, accessLog: flags.accessLog })
  printer.diagnostics(project.diagnostics)
  const mesh = new LocalMesh({
    mesh: project.mesh,
    resources: project.resources,
    config,
    cwd: io.cwd,
    env: io.env,
    attach: new Map(flags.attach.map(parseAttach)),
    report: printer,
    onDeath: 'restart',
    envoy: flags.proxy === 'envoy' ? findEnvoy(flags.envoy, io) : null,
  })
  // It watches from before the start: an edit in the meantime is not lost.
  const reloader = new Reloader(flags, io, mesh, printer, loaded)
  try {
    return await runMesh(mesh, signals, printer, () => {
      reloader.begin()
      printer.started()
      return signals.first
    })
  } finally {
    await reloader.close()
  }
}

/**
 * Starts the mesh, runs the body, and stops the mesh whatever happens; the first signal ends the start,
 * and a second one kills what does not stop.
 */
export async function runMesh(
  mesh: LocalMesh,
  signals: Signals,
  printer: MeshPrinter,
  body: () => Promise<ExitCode>,
): Promise<ExitCode> {
  void signals.first.then(printer.stopping)
  signals.onFurther(() => mesh.kill())
  try {
    const early = await Promise.race([mesh.start(), signals.first])
    return early ?? (await body())
  } finally {
    await mesh.stop()
  }
}

/** Follows the manifests and lanes.yaml while the mesh runs. */
class Reloader {
  readonly #flags: UpFlags
  readonly #io: Io
  readonly #mesh: LocalMesh
  readonly #printer: MeshPrinter
  readonly #watcher = new FolderWatcher(
    () => this.#changed(),
    (name) => this.#mayMatter(name),
  )
  #seen: Loaded
  /** Reloads come one after the other, the first when the mesh has started. */
  #work: Promise<void>
  readonly #begun = withResolvers<void>()
  #closed = false
  /** The manifests could not be read the last time. */
  #isBroken = false

  constructor(flags: UpFlags, io: Io, mesh: LocalMesh, printer: MeshPrinter, loaded: Loaded) {
    this.#flags = flags
    this.#io = io
    this.#mesh = mesh
    this.#printer = printer
    this.#seen = loaded
    this.#work = this.#begun.promise
    this.#watch()
  }

  begin(): void {
    this.#begun.resolve()
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#watcher.close()
    this.#begun.resolve()
    await this.#work
  }

  #changed(): void {
    this.#work = this.#work.then(() => this.#reload())
  }

  async #reload(): Promise<void> {
    if (this.#closed) return
    try {
      const before = this.#seen
      const now = await load(this.#flags, this.#io)
      const files = changedFiles(before, now)
      this.#seen = now
      this.#watch()
      if (files.length === 0 && this.#isBroken) this.#printer.mended()
      this.#isBroken = false
      if (files.length === 0) return
      await this.#mesh.reload({
        mesh: now.project.mesh,
        resources: now.project.resources,
        config: now.config,
      })
      this.#printer.reloaded(files)
    } catch (error) {
      if (!(error instanceof CliError)) throw error
      this.#isBroken = true
      this.#watch()
      this.#printer.kept(error)
    }
  }

  // Not `lanes up > up.log`, which would have it read everything again for each line. A name without an
  // extension may be a folder.
  #mayMatter(name: string): boolean {
    const { project, config } = this.#seen
    const files = [config.file, ...project.manifests.sources.map(({ file }) => file)]
    const extensions = ['', '.yaml', '.yml', '.json', ...files.map((file) => extname(file))]
    return extensions.includes(extname(name))
  }

  #watch(): void {
    const { project, config } = this.#seen
    const folder = dirname(resolve(this.#io.cwd, config.file))
    this.#watcher.set([...new Set([...project.manifests.folders, folder])])
  }
}

interface Loaded {
  readonly config: LocalMeshConfig
  readonly project: Project
}

async function load(flags: UpFlags, io: Io): Promise<Loaded> {
  const config = await loadConfig(flags.config, io.cwd)
  return { config, project: await loadProject(flags, io) }
}

/** The files whose text is not what it was, those that came and those that went included. */
function changedFiles(before: Loaded, now: Loaded): string[] {
  const old = textsOf(before)
  const current = textsOf(now)
  const all = new Set([...old.keys(), ...current.keys()])
  return [...all].filter((file) => old.get(file) !== current.get(file))
}

function textsOf({ config, project }: Loaded): Map<string, string> {
  const manifests = project.manifests.sources.map(({ file, text }) => [file, text] as const)
  return new Map([...manifests, [config.file, JSON.stringify(config)]])
}

function parseAttach(text: string): [string, Attached] {
  const match = /^(?<name>[^=]+)=(?<host>[^:=]+|\[[^\]]+\]):(?<port>\d{1,5})$/.exec(text)
  const { name, host, port } = match?.groups ?? {}
  if (name === undefined || host === undefined || port === undefined || Number(port) > 65_535)
    throw new CliError(
      `\`--attach ${text}\` is not NAME=HOST:PORT, as in testaaa-release-v2=127.0.0.1:3000`,
      2,
    )
  return [name, { host, port: Number(port) }]
}
