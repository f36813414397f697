import { isAnswer } from '../answer.ts'
import type { Answer, NoAnswer } from '../answer.ts'
import type { Disagreement } from '../cases/disagreements.ts'
import { askEngine } from '../engine/ask-engine.ts'
import type { Question, World } from '../world.ts'
import type { Ads, AdsClient, Served } from './ads.ts'
import type { Backends, Echo } from './backends.ts'
import { startEnvoy } from './envoy.ts'
import type { Envoy } from './envoy.ts'
import { contradictions } from './observe.ts'
import { send } from './send.ts'

/** What Envoy says of a world. */
export interface EnvoyVerdict {
  /** Requests that were sent through Envoy. */
  readonly sent: number
  /** Requests that cannot be put to it: decided before any route, or with endpoints that are not here. */
  readonly left: number
  /** Where the engine says otherwise. */
  readonly engine: readonly Disagreement[]
  /** Where the oracle says otherwise. */
  readonly oracle: readonly Disagreement[]
}

/** Sends a world's requests through a real Envoy with istiod's configuration, and compares with both. */
export async function judgeByEnvoy(
  world: World,
  {
    path,
    ads,
    backends,
  }: { readonly path: string; readonly ads: Ads; readonly backends: Backends },
): Promise<EnvoyVerdict> {
  const served = await ads.serve(world)
  if (served.crashed !== null) throw new Error(served.crashed)
  if (served.rejected !== null)
    return { sent: 0, left: world.requests.length, engine: [], oracle: [] }
  await Promise.all(
    (served.places ?? []).map(async ({ address, port }) => backends.ensure(address, port)),
  )
  const ours = askEngine(world)
  const asked = await Promise.all(
    world.requests.map(async (question, index): Promise<Asked | null> => {
      const oracle = served.answers[index]
      const client = served.proxies?.find(
        ({ from }) => JSON.stringify(from) === JSON.stringify(question.from),
      )
      if (oracle === undefined || !isAnswer(oracle) || client === undefined) return null
      if (client.secrets) return null
      if (!(await canBeSent(question, oracle, served, backends))) return null
      return { question, client, oracle, engine: ours[index] ?? { error: 'no answer' } }
    }),
  )
  const possible = asked.filter((one) => one !== null)
  const verdict = { engine: [] as Disagreement[], oracle: [] as Disagreement[] }
  for (const client of new Set(possible.map((one) => one.client))) {
    const envoy = await startEnvoy(path, served.address, client)
    try {
      const own = possible.filter((one) => one.client === client)
      await Promise.all(
        own.map(async (one, index) => judgeOne(one, envoy, String(index), served, verdict)),
      )
    } finally {
      await envoy.close()
    }
  }
  return { sent: possible.length, left: world.requests.length - possible.length, ...verdict }
}

interface Asked {
  readonly question: Question
  readonly client: AdsClient
  readonly oracle: Answer
  readonly engine: Answer | NoAnswer
}

async function judgeOne(
  { question, oracle, engine }: Asked,
  envoy: Envoy,
  mark: string,
  served: Served,
  into: { readonly engine: Disagreement[]; readonly oracle: Disagreement[] },
): Promise<void> {
  const port = envoy.portOf(oracle.routeConfig ?? '')
  if (port === undefined) throw new Error(`Envoy has no listener for ${oracle.routeConfig}`)
  const reply = await send(question, port, mark)
  const logged = await envoy.logged(mark)
  const isEcho = reply.headers['content-type'] === 'application/json'
  const echo: Echo | null = isEcho ? JSON.parse(reply.body) : null
  for (const [who, answer] of [
    ['oracle', oracle],
    ['engine', engine],
  ] as const) {
    if (!isAnswer(answer)) continue
    const differences = contradictions(question, answer, { reply, logged, echo }, served.made)
    if (differences.length > 0) into[who].push({ request: question, differences })
  }
}

/** Whether the request is decided by routes, and by nothing that is not on this machine or up to chance. */
async function canBeSent(
  { url, method }: Question,
  { routeConfig, outcome, fault }: Answer,
  { made }: Served,
  backends: Backends,
): Promise<boolean> {
  if (routeConfig === null || url.startsWith('https:') || method !== method.toUpperCase())
    return false
  const percents = [fault?.delay?.percent ?? 0, fault?.abort?.percent ?? 0]
  if (percents.some((percent) => percent > 0 && percent < 100)) return false
  if ((fault?.delay?.percent ?? 0) > 0 && (fault?.delay?.ms ?? 0) > 1000) return false
  // Answers draw the first of weighted clusters, Envoy any.
  if (outcome.kind === 'respond' && outcome.weights.length > 1) return false
  if (outcome.kind !== 'forward') return true
  const places = outcome.endpoints
  if (places.some(({ address }) => address === null || made[address] === undefined)) return false
  const here = await Promise.all(
    places.map(({ address, port }) => backends.ensure(address ?? '', port)),
  )
  return here.every(Boolean)
}
