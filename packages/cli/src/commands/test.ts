import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Option } from 'commander'
import type { Command } from 'commander'
import { examples, manifestOptions, meshConfigOption } from '../command.ts'
import type { Start } from '../command.ts'
import { CliError, codeOf, messageOf } from '../errors.ts'
import type { ExitCode } from '../errors.ts'
import type { Io } from '../io.ts'
import { LANE_HEADER } from '../lane.ts'
import { mapOf } from '../map/map.ts'
import { prettyJson } from '../output/json.ts'
import { loadProject } from '../project.ts'
import type { ManifestFlags, Project } from '../project.ts'
import { callersFor } from '../reach/ask-from.ts'
import { readTestFiles } from '../route-test/files.ts'
import { testsFromMap } from '../route-test/init.ts'
import { resultsAsJson } from '../route-test/json.ts'
import { resultsAsJunit } from '../route-test/junit.ts'
import { runRouteTests } from '../route-test/run.ts'
import { isFailure, resultsAsText } from '../route-test/text.ts'

interface TestFlags extends ManifestFlags {
  readonly junit?: string
  readonly json: boolean
  readonly init: boolean
}

/** Where `--init` writes when it is not said. */
const FIRST_FILE = 'routes.test.yaml'

/** Adds `lanes test` to the program. */
export function addTest(program: Command, start: Start): void {
  meshConfigOption(manifestOptions(program.command('test')))
    .description('run tests of routes: requests, and where the manifests must send them')
    .argument('[tests...]', 'files of kind RouteTest, or folders with *.test.yaml')
    .option('--junit <file>', 'write a JUnit report too; - for standard output')
    .option('--json', 'print one JSON object', false)
    .addOption(
      new Option('--init', `write a first file from what the manifests do today (${FIRST_FILE})`)
        .default(false)
        .conflicts(['junit', 'json']),
    )
    .addHelpText(
      'after',
      examples(
        'lanes test --init k8s/routes.test.yaml',
        'lanes test k8s/routes.test.yaml',
        'lanes test tests/ -f k8s --junit report.xml',
      ),
    )
    .action((paths: string[], flags: TestFlags) =>
      start((io) => (flags.init ? runInit(paths, flags, io) : runTests(paths, flags, io))),
    )
}

async function runTests(paths: readonly string[], flags: TestFlags, io: Io): Promise<ExitCode> {
  const { junit, json } = flags
  if (paths.length === 0)
    throw new CliError(
      'say which tests, such as k8s/routes.test.yaml; --init writes a first file',
      2,
    )
  if (json && junit === '-')
    throw new CliError('--json and --junit - both want standard output; give --junit a file', 2)
  const tests = await readTestFiles(paths, io.cwd)
  const project = await load(flags, io)
  const results = runRouteTests(tests, project)
  if (junit === '-') io.stdout.write(resultsAsJunit(results))
  else if (junit !== undefined) await writeReport(junit, resultsAsJunit(results), io)
  if (json) io.stdout.write(prettyJson(resultsAsJson(results)))
  else if (junit !== '-') io.stdout.write(resultsAsText(results, io.stdout.paint))
  return results.some(isFailure) ? 1 : 0
}

async function runInit(paths: readonly string[], flags: TestFlags, io: Io): Promise<ExitCode> {
  const [path = FIRST_FILE, ...others] = paths
  if (others.length > 0) throw new CliError('--init writes one file; name one', 2)
  const project = await load(flags, io)
  const map = mapOf(project.mesh, callersFor(undefined, project), { laneHeader: LANE_HEADER })
  try {
    await writeFile(resolve(io.cwd, path), testsFromMap(map), { flag: 'wx' })
  } catch (error) {
    const said =
      codeOf(error) === 'EEXIST'
        ? 'is there already, and is left as it is; name another file'
        : `cannot be written: ${messageOf(error)}`
    throw new CliError(`${path} ${said}`, 2, { cause: error })
  }
  io.stdout.write(
    `${path} is written; change it to what you want, and run \`lanes test ${path}\`\n`,
  )
  return 0
}

async function load(flags: TestFlags, io: Io): Promise<Project> {
  const project = await loadProject(flags, io)
  project.warn(io)
  return project
}

async function writeReport(path: string, text: string, { cwd }: Io): Promise<void> {
  await writeFile(resolve(cwd, path), text).catch((error: unknown) => {
    throw new CliError(`--junit ${path}: cannot be written: ${messageOf(error)}`, 2, {
      cause: error,
    })
  })
}
