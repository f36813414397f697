import { formatDiagnostic } from '@traffic-lanes/routing'
import type { Header } from '@traffic-lanes/routing'
import { CliError } from '../errors.ts'
import type { ExitCode } from '../errors.ts'
import { explain } from '../explain/explain.ts'
import { explainAsJson } from '../explain/json.ts'
import { explainInWords } from '../explain/words.ts'
import type { Io } from '../io.ts'
import { LANE_HEADER } from '../lane.ts'
import { tryLoadConfig } from '../load-config.ts'
import { loadProject } from '../project.ts'
import type { ManifestFlags } from '../project.ts'

export interface ExplainFlags extends ManifestFlags {
  readonly from: string
  readonly method: string
  /** As given: `name: value`. */
  readonly header: readonly string[]
  readonly lane?: string
  readonly config?: string
  readonly json: boolean
}

/** `lanes explain`: prints where the manifests send a request, and why. */
export async function explainCommand(url: string, flags: ExplainFlags, io: Io): Promise<ExitCode> {
  const headers = flags.header.map(parseHeader)
  if (flags.lane !== undefined) headers.push([LANE_HEADER, flags.lane])
  const project = await loadProject(flags, io)
  const config = await tryLoadConfig(flags.config, io.cwd)
  const answer = explain(
    { from: flags.from, url, method: flags.method, headers },
    project.mesh,
    config,
  )
  const warnings = project.diagnostics.filter(({ level }) => level === 'warning')
  if (flags.json) {
    io.stdout.write(`${JSON.stringify(explainAsJson(answer, warnings), null, 2)}\n`)
    return 0
  }
  for (const warning of warnings) io.stderr.write(`${formatDiagnostic(warning)}\n`)
  io.stdout.write(explainInWords(answer, io.stdout.paint))
  return 0
}

function parseHeader(text: string): Header {
  const colon = text.indexOf(':')
  const name = text.slice(0, Math.max(colon, 0)).trim()
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
    throw new CliError(`\`-H ${text}\` is no header; write it as 'name: value'`, 2)
  return [name, text.slice(colon + 1).trim()]
}
