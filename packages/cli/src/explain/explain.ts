import { decide, compile, findProxy, proxies } from '@traffic-lanes/routing'
import type { Decision, Header, Mesh, Request } from '@traffic-lanes/routing'
import { CliError } from '../errors.ts'
import type { LocalMeshConfig } from '../config.ts'

/** What `lanes explain` is asked. */
export interface Question {
  /** `deployment/NAMESPACE/NAME` or `gateway/NAMESPACE/NAME`. */
  readonly from: string
  readonly url: string
  readonly method: string
  readonly headers: readonly Header[]
}

export interface Answer {
  readonly question: Question
  readonly request: Request
  readonly decision: Decision
}

/**
 * Asks the engine where a request goes.
 *
 * @param config lanes.yaml, where there is one: a URL to a gateway may name the port of this machine that
 *   stands for the gateway's.
 * @throws CliError (exit code 2) where `--from` or the URL cannot be understood.
 */
export function explain(question: Question, mesh: Mesh, config: LocalMeshConfig | null): Answer {
  const proxy = findProxy(mesh, question.from)
  if (proxy === undefined) throw new CliError(unknownProxy(question.from, mesh), 2)
  const url = parseUrl(question.url)
  const dialled = url.port === '' ? 80 : Number(url.port)
  const destination =
    proxy.type === 'gateway'
      ? { port: gatewayPort(question.from, dialled, config) }
      : { address: url.hostname, port: dialled }
  const request: Request = {
    method: question.method,
    url: question.url,
    headers: question.headers,
    destination,
  }
  // The first of weighted choices and no fault by chance: an explanation repeats itself.
  const decision = decide(compile(mesh, proxy), request, { random: () => 0 })
  return { question, request, decision }
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:')
    throw new CliError(`"${text}" is no http:// URL; write it in full: http://testbbb:32000/`, 2)
  return url
}

/** The gateway's own port, of which lanes.yaml says what stands for it on this machine. */
function gatewayPort(from: string, dialled: number, config: LocalMeshConfig | null): number {
  const gateway = config?.gateways.find((each) => `gateway/${each.gateway}` === from)
  return gateway?.listen.find(({ local }) => local === dialled)?.port ?? dialled
}

function unknownProxy(from: string, mesh: Mesh): string {
  const known = proxies(mesh).map(({ id }) => id)
  const list = known.length > 20 ? [...known.slice(0, 20), '…'] : known
  return `\`--from ${from}\` is none of the manifests' proxies; say one of ${list.join(', ')}`
}
