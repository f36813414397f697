import type { Command } from 'commander'
import { examples, manifestOptions, meshConfigOption } from '../command.ts'
import type { Start } from '../command.ts'
import { CliError } from '../errors.ts'
import type { ExitCode } from '../errors.ts'
import type { Io } from '../io.ts'
import { LANE_HEADER } from '../lane.ts'
import { mapAsJson } from '../map/json.ts'
import { mapOf } from '../map/map.ts'
import { mapAsMarkdown } from '../map/markdown.ts'
import { mapAsText } from '../map/text.ts'
import { prettyJson } from '../output/json.ts'
import { progressOn } from '../progress.ts'
import { loadProject } from '../project.ts'
import type { ManifestFlags } from '../project.ts'
import { callersFor, namesByKind } from '../reach/ask-from.ts'

interface MapFlags extends ManifestFlags {
  readonly lane?: string
  readonly from?: string
  readonly json: boolean
  readonly markdown: boolean
}

/** Adds `lanes map` to the program. */
export function addMap(program: Command, start: Start): void {
  meshConfigOption(manifestOptions(program.command('map')))
    .description('show which version each lane gets of each Service, from each caller')
    .option('--lane <lane>', 'this lane only')
    .option('--from <caller>', 'this caller only: deployment/NAMESPACE/NAME, gateway/…, outside')
    .option('--json', 'print one JSON object', false)
    .option('--markdown', 'print tables for a merge request', false)
    .addHelpText(
      'after',
      examples('lanes map', 'lanes map --lane release-v1', 'lanes map --from outside --json'),
    )
    .action((flags: MapFlags) => start((io) => runMap(flags, io)))
}

async function runMap(flags: MapFlags, io: Io): Promise<ExitCode> {
  if (flags.json && flags.markdown) throw new CliError('say --json or --markdown, not both', 2)
  const project = await loadProject(flags, io)
  project.warn(io)
  const callers = callersFor(flags.from, project)
  const map = mapOf(project.mesh, callers, {
    laneHeader: LANE_HEADER,
    progress: progressOn(io.stderr),
    ...(flags.lane === undefined ? {} : { lane: flags.lane }),
  })
  const all = namesByKind(callers)
  if (flags.json) io.stdout.write(prettyJson(mapAsJson(map, LANE_HEADER)))
  else if (flags.markdown) io.stdout.write(mapAsMarkdown(map, all))
  else io.stdout.write(mapAsText(map, all, io.stdout.paint))
  return 0
}
