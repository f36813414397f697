import { isAnswer } from '../answer.ts'
import { askEngine, engineRefuses } from '../engine/ask-engine.ts'
import { randomFrom } from '../fuzz/random.ts'
import { startLineProcess } from '../oracle/process.ts'
import type { Question, World } from '../world.ts'
import { makeInput, makePattern } from './patterns.ts'

/** How the engine's regular expressions compare with Go's, which are RE2's and what Istio validates with. */
export interface RegexVerdict {
  readonly patterns: number
  readonly refused: number
  readonly inputs: number
  readonly matched: number
  /** A line for each pattern on which they are not of one mind. */
  readonly differing: readonly string[]
}

interface RegexAnswer {
  readonly error: string | null
  readonly matches: readonly boolean[]
}

/**
 * Compares engine and Go on patterns made from a seed: the same ones are refused, and the others match the same
 * texts, in full. The engine is asked through a header match of a VirtualService.
 */
export async function judgeRegexes(
  binary: string,
  { seed, count }: { readonly seed: number; readonly count: number },
): Promise<RegexVerdict> {
  const random = randomFrom(seed)
  const go = startLineProcess<RegexAnswer>(binary, ['regex'])
  const differing: string[] = []
  const counts = { refused: 0, inputs: 0, matched: 0 }
  for (let number = 0; number < count; number += 1) {
    const pattern = makePattern(random)
    const inputs = Array.from({ length: 12 }, () => makeInput(random))
    const theirs = await go.ask({ pattern, inputs })
    const ours = matchByEngine(pattern, inputs)
    if (theirs.error !== null) counts.refused += 1
    counts.inputs += theirs.matches.length
    counts.matched += theirs.matches.filter(Boolean).length
    const told = describe(pattern, inputs, ours, theirs)
    if (told !== null) differing.push(told)
  }
  await go.close()
  return { patterns: count, ...counts, differing }
}

function describe(
  pattern: string,
  inputs: readonly string[],
  ours: readonly boolean[] | null,
  { error, matches }: RegexAnswer,
): string | null {
  const text = JSON.stringify(pattern)
  if (ours === null || error !== null) {
    if (ours === null && error !== null) return null
    return ours === null
      ? `${text}: the engine refuses it, Go does not`
      : `${text}: Go refuses it, the engine does not: ${error}`
  }
  const wrong = inputs.filter((_, index) => ours[index] !== matches[index])
  if (wrong.length === 0) return null
  return `${text}: they differ on ${wrong.map((one) => JSON.stringify(one)).join(', ')}`
}

/** null: the engine refuses the pattern. */
function matchByEngine(pattern: string, inputs: readonly string[]): boolean[] | null {
  const world: World = {
    id: 'regex',
    meshConfig: null,
    manifests: [
      { file: 'regex.json', text: manifests.replace('"PATTERN"', () => JSON.stringify(pattern)) },
    ],
    requests: inputs.map((input): Question => ({
      from: { type: 'sidecar', namespace: 'test' },
      method: 'GET',
      url: 'http://app/',
      host: null,
      headers: { x: input },
      http: '1.1',
      address: null,
    })),
  }
  if (engineRefuses(world)) return null
  return askEngine(world).map((answer) => {
    if (!isAnswer(answer)) throw new Error(answer.error)
    return answer.route?.name === 'matched'
  })
}

const manifests = JSON.stringify({
  apiVersion: 'v1',
  kind: 'List',
  items: [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'app', namespace: 'test' },
      spec: { ports: [{ name: 'http', port: 80 }] },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'app', namespace: 'test' },
      spec: {
        hosts: ['app'],
        http: [
          {
            name: 'matched',
            match: [{ headers: { x: { regex: 'PATTERN' } } }],
            route: [{ destination: { host: 'app' } }],
          },
          { name: 'not', route: [{ destination: { host: 'app' } }] },
        ],
      },
    },
  ],
})
