import { readFileSync } from 'node:fs'
import { schemaVersions } from '@traffic-lanes/routing'
import { Command, CommanderError } from 'commander'
import { demoCommand } from './commands/demo.ts'
import type { DemoFlags } from './commands/demo.ts'
import { explainCommand } from './commands/explain.ts'
import type { ExplainFlags } from './commands/explain.ts'
import { upCommand } from './commands/up.ts'
import type { UpFlags } from './commands/up.ts'
import { CliError } from './errors.ts'
import type { ExitCode } from './errors.ts'
import type { Io } from './io.ts'
import type { Signals } from './signals.ts'

/**
 * Runs one command line.
 *
 * @param args Without the program's own name.
 * @returns the exit code; what went wrong has been printed.
 */
export async function run(
  args: readonly string[],
  io: Io,
  signals: () => Signals,
): Promise<ExitCode> {
  let code: ExitCode = 0
  const program = createProgram(
    io,
    async (result) => {
      code = await result
    },
    signals,
  )
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (!(error instanceof CliError)) throw error
    io.stderr.write(`${io.stderr.paint('red', 'lanes:')} ${error.message}\n`)
    return error.exitCode
  }
}

function createProgram(
  io: Io,
  finish: (result: Promise<ExitCode>) => Promise<void>,
  signals: () => Signals,
): Command {
  const program = new Command('lanes')
    .description(
      'Traffic lanes for Kubernetes: where the mesh sends a request, and a mesh on this machine.',
    )
    .version(version(), '-V, --version')
    .helpCommand(false)
    .showHelpAfterError('(--help lists what there is)')
    .exitOverride()
    .configureOutput({ writeOut: io.stdout.write, writeErr: io.stderr.write })

  const manifests = (command: Command): Command =>
    command
      .option(
        '-f, --filename <path>',
        'manifests: a file, a folder, or - for standard input; may be repeated (default: k8s)',
        collect,
        [],
      )
      .option('-R, --recursive', 'read the subfolders of a folder too', false)
      .option('--config <file>', 'how the workloads start here (default: lanes.yaml)')

  manifests(program.command('up'))
    .description('run the mesh of the manifests on this machine until Ctrl-C')
    .option(
      '--attach <name=host:port>',
      'do not start this Deployment: a process of yours answers there; may be repeated',
      collect,
      [],
    )
    .option('--access-log', 'print a line for each request that a proxy answered', false)
    .action((flags: UpFlags) => finish(upCommand(flags, io, signals())))

  manifests(program.command('explain'))
    .description('say where the mesh sends a request, and why')
    .argument('<url>', 'as the caller writes it: http://testbbb.test-istio:32000/')
    .requiredOption(
      '--from <kind/namespace/name>',
      'who calls: deployment/NAMESPACE/NAME or gateway/NAMESPACE/NAME',
    )
    .option('-X, --method <method>', 'request method', 'GET')
    .option('-H, --header <name: value>', 'request header; may be repeated', collect, [])
    .option('--lane <lane>', 'short for -H "project-version: LANE"')
    .option('--json', 'print one JSON object', false)
    .action((url: string, flags: ExplainFlags) => finish(explainCommand(url, flags, io)))

  manifests(program.command('demo'))
    .description('run the mesh, play the requests of lanes.yaml, and compare with the engine')
    .option('--json', 'print one line of JSON and nothing else', false)
    .option('--keep', 'leave the mesh running after the requests, until Ctrl-C', false)
    .action((flags: DemoFlags) => finish(demoCommand(flags, io, signals())))

  return program
}

function collect(value: string, values: readonly string[]): readonly string[] {
  return [...values, value]
}

function version(): string {
  const file = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  // Our own package.json, which npm does not publish without a version.
  const own: { version: string } = JSON.parse(file)
  const { istio, gatewayApi, kubernetes } = schemaVersions
  return `${own.version}\nmanifests are read as of Istio ${istio}, Gateway API ${gatewayApi}, Kubernetes ${kubernetes}`
}
