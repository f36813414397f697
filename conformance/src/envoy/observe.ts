import type { Answer } from '../answer.ts'
import type { Difference } from '../compare/compare.ts'
import type { Question } from '../world.ts'
import type { Echo } from './backends.ts'
import type { Logged } from './envoy.ts'
import type { Reply } from './send.ts'

/** What a request did behind a real Envoy. */
export interface Observation {
  readonly reply: Reply
  readonly logged: Logged
  /** The request as the backend got it; null: none did. */
  readonly echo: Echo | null
}

/**
 * In what an answer differs from what Envoy did. An answer draws the first of weighted clusters, Envoy any of
 * them; of that only what holds for all is compared.
 *
 * @param workloadAt what runs at an address: `deployment/NAMESPACE/NAME`
 */
export function contradictions(
  question: Question,
  answer: Answer,
  observation: Observation,
  workloadAt: Readonly<Record<string, string>>,
): Difference[] {
  const { reply, logged } = observation
  const { outcome } = answer
  const found: Difference[] = []
  const check = (field: string, said: unknown, seen: unknown) => {
    if (JSON.stringify(said) !== JSON.stringify(seen))
      found.push({ field, engine: said, oracle: seen })
  }
  check('route.name', answer.route?.name ?? null, unless(logged.route))
  switch (outcome.kind) {
    case 'forward':
      checkForward(question, answer, observation, workloadAt, check)
      break
    case 'respond':
      check('outcome.status', outcome.status, reply.status)
      check('outcome.body', outcome.body, reply.body)
      check('outcome.detail', outcome.detail, unless(logged.detail)?.split('{')[0] ?? null)
      check('outcome.flags', outcome.flags.toSorted(), flagsOf(logged))
      break
    case 'redirect':
      check('outcome.status', outcome.status, reply.status)
      check('outcome.location', outcome.location, reply.headers['location'] ?? null)
      break
    case 'passthrough':
      check('outcome.cluster', outcome.cluster, logged.cluster)
      break
    case 'tcp':
    case 'no-listener':
    case 'reset':
      check('outcome.kind', outcome.kind, 'answered by HTTP')
  }
  return found
}

type Check = (field: string, said: unknown, seen: unknown) => void

function checkForward(
  question: Question,
  { outcome, rewrite, requestHeaders, responseHeaders, timeout, retries }: Answer,
  { reply, logged, echo }: Observation,
  workloadAt: Readonly<Record<string, string>>,
  check: Check,
): void {
  const possible = outcome.weights.filter(({ weight }) => weight > 0).map(({ cluster }) => cluster)
  // Envoy may have drawn a cluster that cannot serve.
  if (echo === null && possible.length > 1) return
  check('outcome.cluster', true, possible.includes(logged.cluster ?? ''))
  if (echo === null) {
    check('outcome.kind', 'forward', `answered by the proxy: ${reply.status} ${logged.detail}`)
    return
  }
  if (logged.cluster !== outcome.cluster) return
  const at = workloadAt[echo.address]?.split('/') ?? []
  const isOneOf = outcome.endpoints.some(
    ({ workload, namespace, port }) =>
      workload === at[2] && namespace === at[1] && port === echo.port,
  )
  check('outcome.endpoints', true, isOneOf)
  const { authority, path } = written(question)
  check('rewrite.path', rewrite?.path ?? path, echo.path)
  check('rewrite.host', rewrite?.host ?? authority, echo.host)
  checkHeaders('requestHeaders', requestHeaders, echo.headers, check)
  checkHeaders('responseHeaders', responseHeaders, reply.headers, check)
  const told = echo.headers['x-envoy-expected-rq-timeout-ms']
  // The backend is told how long it has: the whole request's time, or a try's where that is shorter.
  const limits = [timeout ?? 0, retries?.perTryTimeout ?? 0].filter((limit) => limit > 0)
  check(
    'timeout',
    limits.length === 0 ? null : Math.min(...limits),
    told === undefined ? null : Number(told),
  )
}

function checkHeaders(
  field: string,
  { set, add, remove }: Answer['requestHeaders'],
  seen: Readonly<Record<string, string>>,
  check: Check,
): void {
  const added = new Set(add.map(([name]) => name.toLowerCase()))
  for (const [name, value] of set)
    if (!added.has(name.toLowerCase()) && !value.includes('%'))
      check(`${field}.set ${name}`, value, seen[name.toLowerCase()] ?? null)
  for (const [name, value] of add)
    if (!value.includes('%'))
      check(
        `${field}.add ${name}`,
        true,
        (seen[name.toLowerCase()] ?? '').split(', ').includes(value),
      )
  const kept = new Set([...set, ...add].map(([name]) => name.toLowerCase()))
  for (const name of remove)
    if (!kept.has(name.toLowerCase()))
      check(`${field}.remove ${name}`, null, seen[name.toLowerCase()] ?? null)
}

function written({ url, host }: Question): { authority: string; path: string } {
  const [, authority = '', rest = ''] = /^[a-z]+:\/\/([^/?#]*)([^#]*)/.exec(url) ?? []
  return { authority: host ?? authority, path: rest.startsWith('/') ? rest : `/${rest}` }
}

/** Envoy writes `-` for nothing. */
function unless(text: string | null): string | null {
  return text === '-' || text === '' ? null : text
}

function flagsOf({ flags }: Logged): string[] {
  return (unless(flags)?.split(',') ?? []).toSorted()
}
