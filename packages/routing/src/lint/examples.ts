import { askAbout } from '../answer/ask.ts'
import type { Asked } from '../answer/ask.ts'
import { QuestionError } from '../answer/question.ts'
import type { Question } from '../answer/question.ts'
import type { Decision, Header } from '../decision.ts'
import type { ExampleRequest } from './finding.ts'
import type { ServiceView } from './model/service.ts'
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

/**
 * Finds requests that show a fault, by asking the engine: a finding claims nothing that `lanes explain`
 * would deny.
 */
export class Examples {
  readonly #world: World
  #ask: ((question: Question) => Asked) | undefined

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

  /** Workloads that may call a Service: of its own namespace first, and rather others than itself. */
  callersOf(service: ServiceView, namespace = service.namespace): readonly string[] {
    const own = new Set(this.#world.selectedBy(service).map(({ id }) => id))
    const all = this.#world.mesh.workloads
    const near = all.filter((one) => one.namespace === namespace)
    const sorted = [...near.filter(({ id }) => !own.has(id)), ...near, ...all.slice(0, 1)]
    return sorted.slice(0, 1).map(({ id }) => id)
  }

  #decide({ from, url, method = 'GET', lane = null, headers = [] }: Trial): Decision | null {
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
function shortOutcome({ outcome }: Decision): string {
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
  return { from, method, url, lane, headers, outcome: shortOutcome(decision) }
}
