import { schemaVersions } from '@traffic-lanes/routing'
import { Command, CommanderError } from 'commander'
import type { Start } from './command.ts'
import { addDemo } from './commands/demo.ts'
import { addDiff } from './commands/diff.ts'
import { addDoctor } from './commands/doctor.ts'
import { addEnvoy } from './commands/envoy.ts'
import { addExplain } from './commands/explain.ts'
import { addLint } from './commands/lint.ts'
import { addMap } from './commands/map.ts'
import { addTest } from './commands/test.ts'
import { addUp } from './commands/up.ts'
import { CliError } from './errors.ts'
import type { ExitCode } from './errors.ts'
import { withoutColour } from './io.ts'
import type { Io } from './io.ts'
import type { Signals } from './signals.ts'
import { ownVersion } from './version.ts'

/**
 * Runs one command line.
 *
 * @param args Without the program's own name.
 * @returns the exit code; what went wrong has been printed.
 */
export async function run(
  args: readonly string[],
  given: Io,
  signals: () => Signals,
): Promise<ExitCode> {
  let code: ExitCode = 0
  let io = given
  const program = createProgram(io, async (start) => {
    code = await start(io, signals)
  })
  program.on('option:no-color', () => {
    io = withoutColour(given)
  })
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

function createProgram(io: Io, start: Start): Command {
  const program = new Command('lanes')
    .description(
      'Traffic lanes for Kubernetes: where the mesh sends a request, and a mesh on this machine.',
    )
    .version(version(), '-V, --version')
    .option('--no-color', 'no colours, as NO_COLOR=1 in the environment')
    .helpCommand(false)
    .showHelpAfterError('(--help lists what there is)')
    // Defaults are said in words; commander would add "(default: [])".
    .configureHelp({ optionDescription: ({ description }) => description })
    .exitOverride()
    .configureOutput({ writeOut: io.stdout.write, writeErr: io.stderr.write })
  addExplain(program, start)
  addLint(program, start)
  addMap(program, start)
  addTest(program, start)
  addDiff(program, start)
  addUp(program, start)
  addEnvoy(program, start)
  addDemo(program, start)
  addDoctor(program, start)
  return program
}

function version(): string {
  const { istio, gatewayApi, kubernetes } = schemaVersions
  return `${ownVersion()}\nmanifests are read as of Istio ${istio}, Gateway API ${gatewayApi}, Kubernetes ${kubernetes}`
}
