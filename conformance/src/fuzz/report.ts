import { stringify } from 'yaml'
import type { Difference } from '../compare/compare.ts'
import type { World } from './world.ts'

/** What a run found out. */
export interface Tally {
  /** Judged by both. */
  judged: number
  /** Of them, decided by rules of the world in at least one answer: only these count. */
  decided: number
  requests: number
  /** Worlds that the API server or istiod's webhook would refuse. */
  rejected: number
  /** Worlds on which istiod's own code failed. */
  crashed: number
  /** Worlds to which istiod's code gives one answer at one time and another at the next. */
  unsteady: number
  disagreed: number
  readonly features: Map<string, number>
}

export function emptyTally(): Tally {
  return {
    judged: 0,
    decided: 0,
    requests: 0,
    rejected: 0,
    crashed: 0,
    unsteady: 0,
    disagreed: 0,
    features: new Map(),
  }
}

/** One line for each feature, and the numbers of the whole. */
export function summary(tally: Tally, seeds: string, seconds: number): string {
  const features = [...tally.features]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `  ${name.padEnd(40)} ${String(count).padStart(7)}`)
  return [
    'features, and in how many worlds each was hit:',
    ...features,
    '',
    `seeds ${seeds}, ${seconds.toFixed(0)} s`,
    `worlds judged by both: ${tally.judged}, decided by their rules: ${tally.decided}, requests: ${tally.requests}`,
    `apart: rejected ${tally.rejected}, crashed ${tally.crashed}, unsteady ${tally.unsteady}`,
    `conformance:fuzz: ${tally.judged - tally.disagreed} passed, ${tally.disagreed} failed`,
  ].join('\n')
}

/** A disagreement as a person reads it: the world in YAML, the request, and both answers. */
export function describe(
  seed: number,
  world: World,
  differences: readonly (readonly Difference[])[],
): string {
  const requests = world.requests.flatMap((request, index) => {
    const own = differences[index] ?? []
    if (own.length === 0) return []
    return [
      `request: ${JSON.stringify(request)}`,
      ...own.map(
        ({ field, engine, oracle }) =>
          `  ${field}\n    engine: ${JSON.stringify(engine)}\n    oracle: ${JSON.stringify(oracle)}`,
      ),
    ]
  })
  return [
    `# seed ${seed}`,
    ...requests.map((line) => line.replaceAll(/^/gm, '# ')),
    ...(world.meshConfig === null ? [] : [`# meshConfig: ${JSON.stringify(world.meshConfig)}`]),
    world.manifests.map((manifest) => stringify(manifest)).join('---\n'),
  ].join('\n')
}
