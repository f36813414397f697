import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { Answer } from '../conformance/src/answer.ts'
import { readCases } from '../conformance/src/cases/case.ts'
import type { Case } from '../conformance/src/cases/case.ts'
import { readGolden } from '../conformance/src/cases/golden.ts'
import { readPending } from '../conformance/src/cases/pending.ts'
import type { Question } from '../conformance/src/world.ts'
import {
  buildMesh,
  compile,
  findProxy,
  loadManifests,
  readMeshConfig,
  toRequest,
} from '../packages/routing/src/index.ts'
import type { Proxy, ProxyConfig, Resource } from '../packages/routing/src/index.ts'
import { ask } from './support/http.ts'
import type { Answer as Received } from './support/http.ts'
import type { Arrived } from './support/endpoint-servers.ts'
import { OneDataplane } from './support/one-dataplane.ts'
import { OneEnvoy } from './support/one-envoy.ts'
import { programPath } from './support/program.ts'
import { Resources } from './support/resources.ts'

const resources = new Resources()
afterAll(() => resources.close())

const pending = readPending()
const cases = readCases().filter((one) => !pending.has(one.name))
describe('an Envoy with our configuration', () => {
  let envoy: OneEnvoy | undefined
  let program = ''
  const counts: Counts = new Map()
  beforeEach((context) => {
    program = programPath(context, 'envoy')
  })

  it.each(cases)('answers as Istio’s would: $name', async (one) => {
    const started = (envoy ??= await OneEnvoy.start(resources, program))
    const become: Become = async (config, { manifests }) => {
      const ports = await started.become(config, manifests)
      return async (_, { listener }) => ports.get(listener ?? '')
    }
    expect(await differencesOf(become, one, counts)).toEqual([])
  })

  it('was asked most of what can be asked', () => {
    expect(shareSent('Envoy', counts)).toBeGreaterThan(0.5)
  })
})

const dataplane = OneDataplane.start(resources)
const becomeDataplane: Become = async (config, { proxy }) => {
  const open = await dataplane.become(config)
  return ({ from, url, address }) =>
    open(toRequest({ from, url, ...(address === null ? {} : { address }) }, proxy).destination)
}

describe('the data plane of the local mesh', () => {
  const counts: Counts = new Map()

  it.each(cases)('answers as Istio’s would: $name', async (one) => {
    expect(await differencesOf(becomeDataplane, one, counts)).toEqual([])
  })

  it('was asked most of what can be asked', () => {
    expect(shareSent('the local data plane', counts)).toBeGreaterThan(0.5)
  })
})

/** How many requests of the cases were sent, and why others could not be. */
type Counts = Map<string, number>

/** Makes a data plane a proxy; the port to which a request for it is sent, undefined where there is none. */
type Become = (
  config: ProxyConfig,
  world: { readonly manifests: readonly Resource[]; readonly proxy: Proxy },
) => Promise<(question: Question, answer: Answer) => Promise<number | undefined>>

/** Prints what was sent; its share of all that the cases ask. */
function shareSent(plane: string, counts: Counts): number {
  process.stdout.write(
    `conformance through ${plane}: ${JSON.stringify(Object.fromEntries(counts))}\n`,
  )
  return (counts.get('sent') ?? 0) / [...counts.values()].reduce((sum, each) => sum + each, 0)
}

/** Sends the case's requests through the proxy of each caller; what came otherwise than the golden says. */
async function differencesOf(
  become: Become,
  { world, folder }: Case,
  counts: Counts,
): Promise<string[]> {
  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1)
  const golden = readGolden({ folder })
  if (golden === null || golden.rejected !== null) return []
  const { resources: manifests } = loadManifests(world.manifests)
  const { meshConfig } = world
  const read = meshConfig === null ? null : readMeshConfig({ file: 'mesh', text: meshConfig })
  const mesh = buildMesh(manifests, read === null ? {} : { meshConfig: read.meshConfig })
  const callers = new Map<string, [number, Question][]>()
  for (const [index, question] of world.requests.entries()) {
    const key = JSON.stringify(question.from)
    callers.set(key, [...(callers.get(key) ?? []), [index, question]])
  }
  const differences: string[] = []
  for (const questions of callers.values()) {
    const proxy = findProxy(mesh, questions[0]?.[1].from ?? '')
    if (proxy === undefined) continue
    const config = compile(mesh, proxy, { showAssigned: true })
    const portFor = await become(config, { manifests, proxy })
    for (const [index, question] of questions) {
      const answer = golden.answers[index]
      if (answer === undefined || 'error' in answer) continue
      const why = whyNot(question, answer, config)
      const port = why === null ? await portFor(question, answer) : undefined
      if (port === undefined) {
        count(why ?? 'no listener of its own')
        continue
      }
      count('sent')
      const wrong = compare(question, answer, await send(question, port), config)
      if (wrong !== null) differences.push(`${index + 1}: ${wrong}`)
    }
  }
  return differences
}

/** What a request over loopback, without draws and without TLS, cannot show; null: it can. */
function whyNot(
  { http, url, method }: Question,
  { outcome, fault }: Answer,
  { clusters }: ProxyConfig,
): string | null {
  if (http !== '1.1') return `HTTP/${http}`
  if (!url.startsWith('http://')) return 'TLS'
  if (method === 'CONNECT') return 'CONNECT'
  if (['tcp', 'no-listener', 'reset', 'passthrough'].includes(outcome.kind)) return outcome.kind
  const type = clusters.get(outcome.cluster ?? '')?.type
  if (type === 'original-dst' || type === 'dynamic') return 'the address that was dialled'
  if (outcome.kind === 'respond' && outcome.weights.length > 1) return 'a drawn weight'
  const percents = [fault?.abort?.percent, fault?.delay?.percent]
  return percents.some((percent) => percent !== undefined && percent < 100) ? 'a drawn fault' : null
}

/** As Envoy sends it on: unless told not to, it takes dots out, and %61 is an a (Envoy: PathUtil::canonicalPath). */
function pathSentOn(url: string, { pathNormalization }: ProxyConfig): string {
  if (pathNormalization === 'NONE') return pathOf(url)
  const { pathname, search } = new URL(url)
  const unreserved = /%(2[de]|3\d|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9ae])/gi
  return pathname.replaceAll(unreserved, (escaped) => decodeURIComponent(escaped)) + search
}

/** As it is written: `URL` would take the dots out. */
function pathOf(url: string): string {
  return /^\w+:\/\/[^/?#]*([^#]*)/.exec(url)?.[1]?.replace(/^(?!\/)/, '/') ?? '/'
}

function send({ method, url, host, headers }: Question, port: number): Promise<Received> {
  const { host: authority } = new URL(url)
  const list = Object.entries(headers).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : [...value],
  ])
  return ask({
    port,
    method,
    path: pathOf(url),
    headers: { host: host ?? authority, ...Object.fromEntries(list) },
  })
}

/** What is wrong with what came, in words; null: nothing. */
function compare(
  question: Question,
  answer: Answer,
  received: Received,
  config: ProxyConfig,
): string | null {
  const { outcome } = answer
  if (outcome.kind !== 'forward') {
    const { location } = received.headers
    const wanted = [outcome.status, outcome.location ?? undefined]
    const got = [received.status, outcome.location === null ? undefined : location]
    return JSON.stringify(wanted) === JSON.stringify(got)
      ? null
      : `wanted ${JSON.stringify(wanted)}, got ${JSON.stringify(got)} ${received.body}`
  }
  if (received.status !== 200)
    return `wanted ${outcome.cluster}, got ${received.status} ${received.body}`
  const arrived: Arrived = JSON.parse(received.body)
  const elsewhere = wrongEndpoint(answer, arrived, config)
  // Each arm of a split has its own changes, and Envoy draws the arm.
  if (outcome.weights.length > 1) return elsewhere
  return (
    elsewhere ??
    wrongRewrite(question, answer, arrived, config) ??
    wrongHeaders(answer, arrived, received)
  )
}

function wrongEndpoint(
  { outcome }: Answer,
  { endpoint }: Arrived,
  config: ProxyConfig,
): string | null {
  const clusters = outcome.weights.filter(({ weight }) => weight > 0).map(({ cluster }) => cluster)
  const endpoints =
    clusters.length > 1
      ? clusters.flatMap((name) => config.clusters.get(name)?.endpoints ?? [])
      : outcome.endpoints
  const wanted = endpoints.map(({ address, port }) => `${address}:${port}`)
  return wanted.includes(endpoint) ? null : `wanted one of ${wanted.join(' ')}, got ${endpoint}`
}

function wrongRewrite(
  question: Question,
  { rewrite }: Answer,
  { path, headers }: Arrived,
  config: ProxyConfig,
): string | null {
  const { host } = new URL(question.url)
  const wanted = [
    rewrite?.path ?? pathSentOn(question.url, config),
    rewrite?.host ?? question.host ?? host,
  ]
  const got = [path, headers.host]
  return JSON.stringify(wanted) === JSON.stringify(got)
    ? null
    : `wanted ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`
}

function wrongHeaders(answer: Answer, arrived: Arrived, received: Received): string | null {
  const sides = [
    [answer.requestHeaders, arrived.headers],
    [answer.responseHeaders, received.headers],
  ] as const
  for (const [{ set, remove }, headers] of sides) {
    for (const [name, value] of set) {
      const got = String(headers[name.toLowerCase()])
      if (!value.includes('%') && got !== value) return `wanted ${name}: ${value}, got ${got}`
    }
    const kept = remove.find((name) => headers[name.toLowerCase()] !== undefined)
    if (kept !== undefined && !set.some(([name]) => name.toLowerCase() === kept.toLowerCase()))
      return `wanted no ${kept}, got ${String(headers[kept.toLowerCase()])}`
  }
  return null
}
