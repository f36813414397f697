import { schemaVersions } from '@traffic-lanes/routing'
import { Command, CommanderError } from 'commander'
import type { Start } from './command.ts'
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
  const program = await createProgram(args, io, async (start) => {
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

/** Loads what adds a command to the program. */
type Loader = () => Promise<(program: Command, start: Start) => void>

/**
 * The commands in the order of the help. The module of one is loaded when it is named, so that the start of
 * `lint` does not wait for what runs a mesh.
 */
const commands: ReadonlyMap<string, Loader> = new Map([
  ['explain', async () => (await import('./commands/explain.ts')).addExplain],
  ['lint', async () => (await import('./commands/lint.ts')).addLint],
  ['map', async () => (await import('./commands/map.ts')).addMap],
  ['test', async () => (await import('./commands/test.ts')).addTest],
  ['diff', async () => (await import('./commands/diff.ts')).addDiff],
  ['up', async () => (await import('./commands/up.ts')).addUp],
  ['envoy', async () => (await import('./commands/envoy.ts')).addEnvoy],
  ['demo', async () => (await import('./commands/demo.ts')).addDemo],
  ['doctor', async () => (await import('./commands/doctor.ts')).addDoctor],
])

/** The command that is named; all where none is, or one that does not exist. */
function loadersFor(args: readonly string[]): Iterable<Loader> {
  const named = commands.get(args.find((one) => !one.startsWith('-')) ?? '')
  return named === undefined ? commands.values() : [named]
}

async function createProgram(args: readonly string[], io: Io, start: Start): Promise<Command> {
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
  for (const load of loadersFor(args)) (await load())(program, start)
  return program
}

function version(): string {
  const { istio, gatewayApi, kubernetes } = schemaVersions
  return `${ownVersion()}\nmanifests are read as of Istio ${istio}, Gateway API ${gatewayApi}, Kubernetes ${kubernetes}`
}
