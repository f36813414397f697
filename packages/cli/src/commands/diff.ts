import { Option } from 'commander'
import type { Command } from 'commander'
import { examples, meshConfigOption } from '../command.ts'
import type { Start } from '../command.ts'
import { diffOf } from '../diff/diff.ts'
import { diffAsJson } from '../diff/json.ts'
import { diffAsMarkdown } from '../diff/markdown.ts'
import { diffAsText } from '../diff/text.ts'
import type { ExitCode } from '../errors.ts'
import type { Io } from '../io.ts'
import { LANE_HEADER } from '../lane.ts'
import { prettyJson } from '../output/json.ts'
import { progressOn } from '../progress.ts'
import { loadProject } from '../project.ts'
import type { Project } from '../project.ts'

interface DiffFlags {
  readonly recursive: boolean
  readonly meshConfig?: string
  readonly json: boolean
  readonly markdown: boolean
  readonly exitCode: boolean
}

/** Adds `lanes diff` to the program. */
export function addDiff(program: Command, start: Start): void {
  meshConfigOption(program.command('diff'))
    .description('show which requests go elsewhere with NEW than with OLD')
    .argument('<old>', 'manifests: a file, a folder, or - for standard input')
    .argument('<new>', 'the same, as they shall be')
    .option('-R, --recursive', 'read the subfolders of a folder too', false)
    .addOption(new Option('--json', 'print one JSON object').default(false).conflicts('markdown'))
    .option('--markdown', 'print a table for a merge request', false)
    .option('--exit-code', 'exit with 1 where a request goes elsewhere', false)
    .addHelpText(
      'after',
      examples(
        'git worktree add ../main main && lanes diff ../main/k8s k8s',
        'helm template . | lanes diff deployed.yaml - --exit-code',
      ),
    )
    .action((before: string, after: string, flags: DiffFlags) =>
      start((io) => runDiff(before, after, flags, io)),
    )
}

async function runDiff(before: string, after: string, flags: DiffFlags, io: Io): Promise<ExitCode> {
  const load = async (path: string): Promise<Project> => {
    const project = await loadProject({ ...flags, filename: [path] }, io)
    project.warn(io)
    return project
  }
  const diff = diffOf(await load(before), await load(after), {
    laneHeader: LANE_HEADER,
    progress: progressOn(io.stderr),
  })
  if (flags.json) io.stdout.write(prettyJson(diffAsJson(diff)))
  else if (flags.markdown) io.stdout.write(diffAsMarkdown(diff))
  else io.stdout.write(diffAsText(diff, io.stdout.paint))
  return flags.exitCode && diff.changes.length > 0 ? 1 : 0
}
