import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import { Argument } from 'commander'
import type { Command } from 'commander'
import { answer, askAbout, QuestionError } from '@traffic-lanes/routing'
import type { HttpVersion, Mesh, Question } from '@traffic-lanes/routing'
import { collect, configOption, examples, manifestOptions, meshConfigOption } from '../command.ts'
import type { Start } from '../command.ts'
import { CliError } from '../errors.ts'
import type { ExitCode } from '../errors.ts'
import { explainBatch } from '../explain/batch.ts'
import type { LocalMeshConfig } from '../config.ts'
import { explain } from '../explain/explain.ts'
import type { Explanation } from '../explain/explain.ts'
import { isHttpVersion, parseHeader } from '../explain/question.ts'
import { explainInWords } from '../explain/words.ts'
import type { Io } from '../io.ts'
import { LANE_HEADER } from '../lane.ts'
import { tryLoadConfig } from '../load-config.ts'
import { prettyJson } from '../output/json.ts'
import { loadProject } from '../project.ts'
import type { ManifestFlags } from '../project.ts'

interface ExplainFlags extends ManifestFlags {
  readonly from?: string
  readonly method?: string
  /** As given: `name: value`. */
  readonly header: readonly string[]
  readonly lane?: string
  readonly http?: string
  readonly address?: string
  readonly batch?: string
  readonly config?: string
  readonly json: boolean
}

/** Adds `lanes explain` to the program. */
export function addExplain(program: Command, start: Start): void {
  configOption(meshConfigOption(manifestOptions(program.command('explain'))))
    .description('say where the mesh sends a request, and why')
    .addArgument(new Argument('[url]', 'as the caller writes it: http://testbbb.test-istio:32000/'))
    .option(
      '--from <caller>',
      'who calls: deployment/NAMESPACE/NAME, statefulset/…, pod/…, gateway/…, or outside: a client without a sidecar',
    )
    .option('-X, --method <method>', 'request method (default: GET)')
    .option('-H, --header <name: value>', 'request header; may be repeated', collect, [])
    .option('--lane <lane>', `short for -H "${LANE_HEADER}: LANE"`)
    .option('--http <version>', 'what the client speaks: 1.0, 1.1 or 2 (default: 1.1)')
    .option('--address <ip>', 'what the host of the URL resolves to')
    .option('--json', 'print one JSON object', false)
    .option('--batch <file>', 'answer a file of questions, or - for standard input, in JSON lines')
    .addHelpText('after', EXAMPLES)
    .action((url: string | undefined, flags: ExplainFlags) =>
      start((io) =>
        flags.batch === undefined ? runOne(url, flags, io) : runBatch(url, flags, io),
      ),
    )
}

const EXAMPLES = examples(
  'lanes explain --from deployment/test-istio/testaaa-release http://testbbb.test-istio:32000/ --lane release-v1',
  'lanes explain --from gateway/test-istio/gateway http://aaa.example.com/ -H "accept: text/html" --json',
  'lanes explain --from outside http://testbbb.test-istio:32000/',
  'helm template . | lanes explain -f - --from deployment/shop/cart http://pay/',
  `echo '{"from":"outside","url":"http://testbbb.test-istio:32000/"}' | lanes explain --batch -`,
)

async function runOne(url: string | undefined, flags: ExplainFlags, io: Io): Promise<ExitCode> {
  if (url === undefined)
    throw new CliError('say which URL is asked for, or give questions by --batch FILE', 2)
  const { from, method, lane, address } = flags
  if (from === undefined)
    throw new CliError('say who calls by --from, such as --from deployment/NAMESPACE/NAME', 2)
  const http = readHttp(flags.http)
  const headers = flags.header.map(parseHeader)
  if (lane !== undefined) headers.push([LANE_HEADER, lane])
  const project = await loadProject(flags, io, 'print')
  const config = await tryLoadConfig(flags.config, io.cwd)
  const question = {
    from,
    url,
    headers,
    ...(method === undefined ? {} : { method }),
    ...(http === undefined ? {} : { http }),
    ...(address === undefined ? {} : { address }),
  }
  const explanation = explainOne(question, project.mesh, config)
  project.warn(io)
  if (flags.json) {
    const { proxy, request, decision } = explanation
    io.stdout.write(prettyJson(answer(proxy, request, decision)))
  } else io.stdout.write(explainInWords(explanation, io.stdout.paint))
  return 0
}

function explainOne(question: Question, mesh: Mesh, config: LocalMeshConfig | null): Explanation {
  try {
    return explain(question, askAbout(mesh), config)
  } catch (error) {
    if (!(error instanceof QuestionError)) throw error
    const said = error.field === 'from' ? `--from: ${error.message}` : error.message
    throw new CliError(said, 2, { cause: error })
  }
}

async function runBatch(url: string | undefined, flags: ExplainFlags, io: Io): Promise<ExitCode> {
  const { from, method, header, lane, http, address, batch = '-' } = flags
  if (
    url !== undefined ||
    header.length > 0 ||
    [method, lane, http, address].some((each) => each !== undefined)
  )
    throw new CliError('with --batch each line says its own URL, method and headers', 2)
  if (batch === '-' && flags.filename.includes('-'))
    throw new CliError('standard input is either the manifests or the questions, not both', 2)
  const project = await loadProject(flags, io, 'print')
  const config = await tryLoadConfig(flags.config, io.cwd)
  project.warn(io)
  const lines = batch === '-' ? io.stdinChunks() : createReadStream(resolve(io.cwd, batch))
  return explainBatch(lines, { ask: askAbout(project.mesh), config, from, name: batch }, io.stdout)
}

function readHttp(text: string | undefined): HttpVersion | undefined {
  if (text === undefined || isHttpVersion(text)) return text
  throw new CliError(`--http ${text}: say 1.0, 1.1 or 2`, 2)
}
