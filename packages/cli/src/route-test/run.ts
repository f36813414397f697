import { QuestionError, proxies, toRequest } from '@traffic-lanes/routing'
import type { Decision, Header, HeaderOperations, Proxy, Request } from '@traffic-lanes/routing'
import { CliError } from '../errors.ts'
import { LANE_HEADER } from '../lane.ts'
import type { Project } from '../project.ts'
import { viewOf } from '../reach/view.ts'
import type { Draw, View } from '../reach/view.ts'
import type { Expectation, RouteTest } from './read.ts'

/** A test that was run. */
export interface TestResult {
  readonly test: RouteTest
  readonly proxy: Proxy | null
  readonly request: Request
  /** The one that differs, else the first. */
  readonly decision: Decision
  /** Empty: the test passes. */
  readonly differences: readonly Difference[]
}

export interface Difference {
  /** `workload`, `header x-user`. */
  readonly field: string
  readonly expected: string
  readonly actual: string
}

/**
 * Runs the tests. A split must meet a test's expectations with each of its destinations; `workload` lists all
 * of them.
 *
 * @throws CliError (exit code 2) where a test's caller or URL is none.
 */
export function runRouteTests(tests: readonly RouteTest[], { mesh }: Project): TestResult[] {
  const known = new Map(proxies(mesh).map((proxy) => [proxy.id, proxy]))
  const views = new Map<string, View>()
  return tests.map((test) => {
    const proxy = proxyOf(test, known)
    const kind = proxy === null ? 'outside' : proxy.type === 'gateway' ? 'router' : 'sidecar'
    const view =
      views.get(test.from) ?? viewOf(mesh, { kind, proxy, members: [test.from] }, LANE_HEADER)
    views.set(test.from, view)
    const request = requestOf(test, proxy)
    const draws = view.draws(request)
    for (const { decision } of draws) {
      const differences = compare(test.expect, request, decision, draws)
      if (differences.length > 0) return { test, proxy, request, decision, differences }
    }
    return { test, proxy, request, decision: draws[0].decision, differences: [] }
  })
}

function proxyOf({ from, positions }: RouteTest, known: ReadonlyMap<string, Proxy>): Proxy | null {
  if (from === 'outside') return null
  const proxy = known.get(from)
  if (proxy !== undefined) return proxy
  const list = [...known.keys()].slice(0, 20).join(', ')
  throw new CliError(
    `${positions.from}: \`from: ${from}\` is none of the manifests' proxies; say one of ${list}, outside`,
    2,
  )
}

function requestOf({ from, request, positions }: RouteTest, proxy: Proxy | null): Request {
  const { method, url, headers, host } = request
  try {
    return toRequest({ from, method, url, headers, ...(host === null ? {} : { host }) }, proxy)
  } catch (error) {
    if (!(error instanceof QuestionError)) throw error
    throw new CliError(`${positions.url}: ${error.message}`, 2, { cause: error })
  }
}

function compare(
  expected: Expectation,
  request: Request,
  decision: Decision,
  draws: readonly Draw[],
): Difference[] {
  const differences: Difference[] = []
  const check = (field: string, wanted: string | null | undefined, actual: string | null): void => {
    if (wanted !== undefined && wanted !== actual)
      differences.push({ field, expected: wanted ?? 'none', actual: actual ?? 'none' })
  }
  const workloads = workloadsOf(draws)
  if (expected.workload !== undefined && expected.workload.join() !== workloads.join())
    check('workload', expected.workload.join(', '), workloads.join(', ') || otherwise(decision))
  const { outcome } = decision
  const subset = 'subset' in outcome ? outcome.subset : null
  check('subset', expected.subset, subset)
  if (expected.status !== undefined) check('status', String(expected.status), statusOf(decision))
  const isSent = workloadsOf([{ share: 100, decision }]).length > 0
  const path = isSent ? (decision.rewrite.path ?? pathOf(request)) : otherwise(decision)
  check('path', expected.path, path)
  const headers = isSent ? headersSent(request, decision) : headersAnswered(decision)
  for (const [name, value] of expected.headers ?? [])
    check(`header ${name}`, value, valueOf(headers, name))
  return differences
}

function workloadsOf(draws: readonly Draw[]): string[] {
  const names = draws.flatMap(({ decision: { outcome } }) =>
    'endpoints' in outcome
      ? outcome.endpoints.flatMap(({ workload, address }) => workload ?? address ?? [])
      : [],
  )
  return [...new Set(names)].toSorted()
}

/** What happens in the place of reaching a workload. */
function otherwise({ outcome }: Decision): string {
  switch (outcome.kind) {
    case 'respond':
      return `none: the proxy answers ${[outcome.status, ...outcome.flags].join(' ')}`
    case 'redirect':
      return `none: the proxy redirects, ${outcome.status} to ${outcome.location}`
    case 'no-listener':
    case 'reset':
      return `none: ${outcome.detail}`
    default:
      return 'none: there are no endpoints'
  }
}

function statusOf({ outcome }: Decision): string {
  if (outcome.kind === 'respond' || outcome.kind === 'redirect') return String(outcome.status)
  return 'none of the proxy’s own: it sends the request on'
}

/** The request's headers as the workload gets them (Envoy: first remove, then set, then add). */
function headersSent(request: Request, { requestHeaders, rewrite }: Decision): Header[] {
  const sent = request.headers.filter(([name]) => name.toLowerCase() !== 'host')
  const host = rewrite.authority ?? hostOf(request)
  return [['host', host], ...apply(requestHeaders, sent)]
}

function headersAnswered({ outcome, responseHeaders }: Decision): Header[] {
  const own: Header[] = outcome.kind === 'redirect' ? [['location', outcome.location]] : []
  return apply(responseHeaders, own)
}

function apply({ set, add, remove }: HeaderOperations, headers: readonly Header[]): Header[] {
  const gone = new Set([...remove, ...set.map(([name]) => name)].map((name) => name.toLowerCase()))
  return [...headers.filter(([name]) => !gone.has(name.toLowerCase())), ...set, ...add]
}

/** Repeated headers are one, as HTTP has it (RFC 9110, section 5.3). */
function valueOf(headers: readonly Header[], wanted: string): string | null {
  const values = headers.filter(([name]) => name.toLowerCase() === wanted.toLowerCase())
  return values.length === 0 ? null : values.map(([, value]) => value).join(', ')
}

function hostOf({ url, headers }: Request): string {
  return valueOf(headers, 'host') ?? new URL(url).host
}

function pathOf({ url }: Request): string {
  const rest = url.replace(/^[^/]*\/\/[^/?#]*/, '').replace(/#.*$/, '')
  return rest.startsWith('/') ? rest : `/${rest}`
}
