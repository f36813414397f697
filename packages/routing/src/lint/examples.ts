import { askAbout } from '../answer/ask.ts'
import type { Asked } from '../answer/ask.ts'
import { QuestionError } from '../answer/question.ts'
import type { Question } from '../answer/question.ts'
import type { Decision, Header } from '../decision.ts'
import type { ExampleRequest } from './finding.ts'
import type { ServiceView } from './model/service.ts'
import type { Workload } from '../mesh/workload.ts'
import { groupBy } from './world.ts'
import type { World } from './world.ts'

/** A request to try. */
export interface Trial {
  readonly from: string
  readonly url: string
  /** Default: `GET`. */
  readonly method?: string
  /** Default: none. */
  readonly lane?: string | null
  readonly headers?: readonly Header[]
}

/** From how many callers requests are tried, each in about 20 ms in a large mesh; findings beyond may come without. */
const MOST_CALLERS = 256

/**
 * Finds requests that show a fault, by asking the engine: a finding claims nothing that `lanes explain`
 * would deny.
 */
export class Examples {
  readonly #world: World
  readonly #callers = new Set<string>()
  #ask: ((question: Question) => Asked) | undefined
  #byNamespace: ReadonlyMap<string, readonly Workload[]> | undefined

  constructor(world: World) {
    this.#world = world
  }

  /** The first of the requests of which the engine's decision is as wanted; null: none. */
  find(trials: Iterable<Trial>, wanted: (decision: Decision) => boolean): ExampleRequest | null {
    for (const trial of trials) {
      const decision = this.#decide(trial)
      if (decision !== null && wanted(decision)) return example(trial, decision)
    }
    return null
  }

  /**
   * Workloads that may call a Service, and rather others than itself: first one for the whole mesh, which is
   * then compiled once for all findings, then one of the Service's namespace.
   */
  callersOf(service: ServiceView): readonly string[] {
    const own = new Set(this.#world.selectedBy(service).map(({ id }) => id))
    this.#byNamespace ??= groupBy(this.#world.mesh.workloads, ({ namespace }) => namespace)
    const near = this.#byNamespace.get(service.namespace) ?? []
    const first = this.#world.mesh.workloads.find(({ id }) => !own.has(id)) ?? near[0]
    const neighbour = near.find(({ id }) => !own.has(id)) ?? near[0]
    return [...new Set([first, neighbour])].flatMap((one) => one?.id ?? [])
  }

  #decide({ from, url, method = 'GET', lane = null, headers = [] }: Trial): Decision | null {
    // Each caller's proxy is compiled, which takes a while in a large mesh.
    if (!this.#callers.has(from) && this.#callers.size >= MOST_CALLERS) return null
    this.#callers.add(from)
    this.#ask ??= askAbout(this.#world.mesh, { passed: false })
    const all: Header[] = [...headers]
    if (lane !== null) all.push([this.#world.laneHeader, lane])
    try {
      return this.#ask({ from, url, method, headers: all }).decision
    } catch (error) {
      // The manifests may name what is no host: then there is no such request.
      if (error instanceof QuestionError) return null
      throw error
    }
  }
}

/** `http://testbbb.test-istio:32000/`. */
export function serviceUrl({ name, namespace }: ServiceView, port: number, path = '/'): string {
  return `http://${name}.${namespace}:${port}${path}`
}

/** What becomes of a request, in a few words: the cluster, or what the proxy answers. */
export function shortOutcome({ outcome }: Pick<Decision, 'outcome'>): string {
  switch (outcome.kind) {
    case 'respond':
      return [String(outcome.status), ...outcome.flags].join(' ')
    case 'redirect':
      return `${outcome.status} ${outcome.location}`
    case 'no-listener':
      return outcome.kind
    default:
      return outcome.cluster ?? outcome.kind
  }
}

function example(trial: Trial, decision: Decision): ExampleRequest {
  const { from, url, method = 'GET', lane = null, headers = [] } = trial
  return { from, method, url, lane, headers, http: null, outcome: shortOutcome(decision) }
}
