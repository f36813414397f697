import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { configOption, envoyOption, examples, manifestOptions, proxyOption } from '../command.ts'
import type { ProxyKind, Start } from '../command.ts'
import type { DemoConfig, LocalMeshConfig } from '../config.ts'
import { play } from '../demo/play.ts'
import { printRows, rowsAsJson } from '../demo/print.ts'
import { findEnvoy } from '../envoy/find.ts'
import { CliError } from '../errors.ts'
import type { ExitCode } from '../errors.ts'
import type { Io } from '../io.ts'
import { loadConfig } from '../load-config.ts'
import { LocalMesh } from '../mesh/local-mesh.ts'
import { MeshPrinter } from '../mesh/printer.ts'
import { loadProject } from '../project.ts'
import type { ManifestFlags } from '../project.ts'
import type { Signals } from '../signals.ts'
import { withResolvers } from '../with-resolvers.ts'
import { runMesh } from './up.ts'

interface DemoFlags extends ManifestFlags {
  readonly config?: string
  readonly json: boolean
  readonly keep: boolean
  readonly proxy: ProxyKind
  readonly envoy?: string
}

/** Adds `lanes demo` to the program. */
export function addDemo(program: Command, start: Start): void {
  configOption(manifestOptions(program.command('demo')))
    .description('run the mesh, play the requests of lanes.yaml, and compare with the engine')
    .option('--json', 'print one line of JSON and nothing else', false)
    .option('--keep', 'leave the mesh running after the requests, until Ctrl-C', false)
    .addOption(proxyOption())
    .addOption(envoyOption())
    .addHelpText(
      'after',
      examples('lanes demo', 'lanes demo --keep', 'lanes demo --proxy envoy --envoy ./envoy'),
    )
    .action((flags: DemoFlags) => start((io, signals) => runDemo(flags, io, signals())))
}

/** Starts the mesh, plays the requests of lanes.yaml, prints them, stops everything. */
async function runDemo(flags: DemoFlags, io: Io, signals: Signals): Promise<ExitCode> {
  const config = await loadConfig(flags.config, io.cwd)
  const demo = demoOf(config)
  const { gateway, port } = entryOf(demo, config)
  const project = await loadProject(flags, io)
  // A process that dies ends the demo: the mesh is not whole any more.
  const death = withResolvers<never>()
  // It may come when nobody waits any more.
  death.promise.catch(() => {})
  const printer = new MeshPrinter(io, {
    quiet: flags.json,
    accessLog: false,
    logs: false,
    onFailure: death.reject,
  })
  printer.diagnostics(project.diagnostics)
  const mesh = new LocalMesh({
    mesh: project.mesh,
    resources: project.resources,
    config,
    cwd: io.cwd,
    env: io.env,
    attach: new Map(),
    report: printer,
    onDeath: 'report',
    envoy: flags.proxy === 'envoy' ? findEnvoy(flags.envoy, io) : null,
  })
  return runMesh(mesh, signals, printer, async () => {
    printer.started()
    const local = mesh.gatewayPort(gateway, port) ?? 0
    const stage = {
      mesh: project.mesh,
      demo,
      gateway: `gateway/${gateway}`,
      url: withPort(demo.url, local),
      // Where lanes.yaml says 0, this is the port that was opened.
      config: {
        ...config,
        gateways: [{ gateway, listen: [{ port, local, position: '' }], position: '' }],
      },
    }
    const rows = await Promise.race([play(stage), death.promise, signals.first])
    if (typeof rows === 'number') return rows

    const wrong = rows.filter(({ differences }) => differences.length > 0).length
    if (flags.json) io.stdout.write(`${rowsAsJson(rows)}\n`)
    else io.stdout.write(`\n${printRows(rows, ownCommand(io.cwd), io.stdout.paint)}`)
    if (flags.json && wrong > 0)
      io.stderr.write(printRows(rows, ownCommand(io.cwd), io.stderr.paint))
    if (!flags.json) io.stdout.write(`\n${summary(rows.length, wrong, flags.keep)}\n`)
    if (!flags.keep) return wrong === 0 ? 0 : 1
    return Promise.race([signals.first, death.promise])
  })
}

function demoOf({ demo, file }: LocalMeshConfig): DemoConfig {
  if (demo !== null) return demo
  throw new CliError(
    `${file} has no \`spec.demo\`, so there is nothing to play; \`lanes up\` starts the mesh`,
    2,
  )
}

/** The gateway whose port on this machine the demo's URL names. */
function entryOf(demo: DemoConfig, config: LocalMeshConfig): { gateway: string; port: number } {
  const { port: written } = new URL(demo.url)
  const local = written === '' ? 80 : Number(written)
  for (const { gateway, listen } of config.gateways) {
    const entry = listen.find((each) => each.local === local)
    if (entry !== undefined) return { gateway, port: entry.port }
  }
  throw new CliError(
    `${demo.position}: the port of \`url\` ${demo.url} is none that a gateway listens on; list it under \`gateways\``,
    2,
  )
}

function withPort(url: string, port: number): string {
  const changed = new URL(url)
  changed.port = String(port)
  return changed.href
}

function summary(count: number, wrong: number, keep: boolean): string {
  const verdict =
    wrong === 0
      ? `${count} of ${count} requests went where the manifests say`
      : `${wrong} of ${count} requests went wrong`
  return keep
    ? `${verdict}; the mesh keeps running until Ctrl-C`
    : `${verdict}; with --keep the mesh keeps running, for the curl lines`
}

/** How this program is called in this folder, so that a printed command can be pasted. */
function ownCommand(cwd: string): string {
  return existsSync(join(cwd, 'node_modules/.bin/lanes'))
    ? 'npx lanes'
    : 'npx -p @traffic-lanes/cli lanes'
}
