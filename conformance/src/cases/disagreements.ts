import { compare } from '../compare/compare.ts'
import type { Difference } from '../compare/compare.ts'
import { askEngine, engineRefuses } from '../engine/ask-engine.ts'
import type { Question, World } from '../world.ts'
import type { Golden } from './golden.ts'

/** A request to which engine and oracle answer differently; null: they differ on the world as a whole. */
export interface Disagreement {
  readonly request: Question | null
  readonly differences: readonly Difference[]
}

/** In what the engine differs from the oracle's answers to a world. */
export function disagreements(
  world: World,
  { rejected, answers, made }: Pick<Golden, 'rejected' | 'answers' | 'made'>,
): Disagreement[] {
  if (rejected !== null) {
    if (engineRefuses(world)) return []
    return [{ request: null, differences: [{ field: 'rejected', engine: null, oracle: rejected }] }]
  }
  const ours = askEngine(world)
  return world.requests.flatMap((request, index): Disagreement[] => {
    const engine = ours[index] ?? { error: 'no answer' }
    const oracle = answers[index] ?? { error: 'no answer' }
    const differences = compare(engine, oracle, made)
    return differences.length === 0 ? [] : [{ request, differences }]
  })
}

/**
 * For a human: the request, then what each of the two says, field by field.
 *
 * @param who the two, the one that is judged first
 */
export function formatDisagreement(
  { request, differences }: Disagreement,
  who: readonly [string, string] = ['engine', 'oracle'],
): string {
  const shown = differences.slice(0, mostShown)
  const lines = shown.map(
    ({ field, engine, oracle }) =>
      `    ${field}\n      ${who[0]} ${JSON.stringify(engine)}\n      ${who[1]} ${JSON.stringify(oracle)}`,
  )
  if (differences.length > mostShown) lines.push(`    and ${differences.length - mostShown} more`)
  return [`  ${request === null ? 'the manifests' : formatQuestion(request)}`, ...lines].join('\n')
}

/** Of two whose ways part early, the rest says nothing more. */
const mostShown = 4

function formatQuestion({ from, method, url, host, headers, http, address }: Question): string {
  const sent = Object.entries(headers).map(([name, value]) => `-H '${name}: ${String(value)}'`)
  return [
    `--from ${typeof from === 'string' ? from : JSON.stringify(from)} ${url}`,
    ...(method === 'GET' ? [] : [`-X ${method}`]),
    ...(host === null ? [] : [`-H 'host: ${host}'`]),
    ...sent,
    ...(http === '1.1' ? [] : [`HTTP/${http}`]),
    ...(address === null ? [] : [`at ${address}`]),
  ].join(' ')
}
