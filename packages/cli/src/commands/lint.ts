import { Option } from 'commander'
import type { Command } from 'commander'
import { buildMesh, lint } from '@traffic-lanes/routing'
import type { Finding, Level } from '@traffic-lanes/routing'
import { collect, examples, manifestOptions, meshConfigOption } from '../command.ts'
import type { Start } from '../command.ts'
import type { ExitCode } from '../errors.ts'
import type { Io } from '../io.ts'
import { LANE_HEADER } from '../lane.ts'
import { formatAsGitlab } from '../lint/gitlab.ts'
import { formatAsJson } from '../lint/json.ts'
import { isNginxPath, lintNginx } from '../lint/nginx.ts'
import { knownHosts } from '../lint/nginx/known-hosts.ts'
import type { KnownHosts } from '../lint/nginx/known-hosts.ts'
import { formatAsSarif } from '../lint/sarif.ts'
import { formatAsText, summary } from '../lint/text.ts'
import { noManifests, readSources } from '../project.ts'
import type { ManifestFlags } from '../project.ts'

interface LintFlags extends ManifestFlags {
  readonly json: boolean
  readonly sarif: boolean
  readonly gitlab: boolean
  readonly failOn: Level
  /** Files of nginx's configuration. */
  readonly nginx: readonly string[]
}

/** Adds `lanes lint` to the program. */
export function addLint(program: Command, start: Start): void {
  meshConfigOption(manifestOptions(program.command('lint')))
    .description(
      'say what is wrong with the manifests, which requests go wrong by it, and the cure',
    )
    .option(
      '--nginx <file>',
      'check an nginx configuration beside the manifests; may be repeated (so does -f nginx.conf)',
      collect,
      [],
    )
    .addOption(
      new Option(
        '--fail-on <level>',
        'exit with 1 at findings of this level or above: error, warning or info (default: error)',
      )
        .choices(['error', 'warning', 'info'])
        .default('error'),
    )
    .addOption(new Option('--json', 'print JSON').default(false).conflicts(['sarif', 'gitlab']))
    .addOption(new Option('--sarif', 'print SARIF 2.1.0').default(false).conflicts('gitlab'))
    .option('--gitlab', 'print a GitLab Code Quality report', false)
    .addHelpText('after', EXAMPLES)
    .action((flags: LintFlags) => start((io) => runLint(flags, io)))
}

const EXAMPLES = examples(
  'lanes lint',
  'lanes lint -f k8s -f gateway.yaml --fail-on warning',
  'lanes lint -f nginx.conf',
  'lanes lint -f k8s --nginx edge/nginx.conf',
  'helm template . | lanes lint -f - --sarif > lint.sarif',
)

async function runLint(flags: LintFlags, io: Io): Promise<ExitCode> {
  const nginx = [...flags.nginx, ...flags.filename.filter(isNginxPath)]
  const filename = flags.filename.filter((path) => !isNginxPath(path))
  // `-f nginx.conf` alone asks about nothing else.
  const isNginxAlone = filename.length === 0 && flags.filename.length > 0
  const checked = isNginxAlone ? nothing : await lintManifests({ ...flags, filename }, io)
  const findings = [...checked.findings]
  let { files } = checked
  for (const path of nginx) {
    const more = await lintNginx(path, io.cwd, checked.hosts)
    findings.push(...more.findings)
    files += more.files
  }
  io.stdout.write(print(findings, flags, io))
  if (!flags.json && !flags.sarif && !flags.gitlab) io.stderr.write(`${summary(findings, files)}\n`)
  return findings.some(({ level }) => severity[level] >= severity[flags.failOn]) ? 1 : 0
}

interface Checked {
  readonly findings: readonly Finding[]
  readonly files: number
  readonly hosts: KnownHosts | null
}

const nothing: Checked = { findings: [], files: 0, hosts: null }

async function lintManifests(flags: ManifestFlags, io: Io): Promise<Checked> {
  const { manifests, loaded, given } = await readSources(flags, io)
  if (manifests.sources.length === 0) throw noManifests(flags)
  const resources = [...loaded.resources, ...given.resources]
  const diagnostics = [...loaded.diagnostics, ...given.diagnostics]
  const mesh = buildMesh(resources, given.options)
  return {
    findings: lint({ resources, diagnostics }, { mesh, laneHeader: LANE_HEADER }),
    files: manifests.sources.length,
    hosts: knownHosts(mesh, resources),
  }
}

const severity: Readonly<Record<Level, number>> = { info: 0, warning: 1, error: 2 }

function print(findings: readonly Finding[], flags: LintFlags, io: Io): string {
  if (flags.json) return formatAsJson(findings)
  if (flags.sarif) return formatAsSarif(findings)
  if (flags.gitlab) return formatAsGitlab(findings)
  return formatAsText(findings, flags.filename, io.stdout.paint)
}
