import { mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { compare } from '../compare/compare.ts'
import type { Difference } from '../compare/compare.ts'
import { askEngine } from '../engine/ask-engine.ts'
import { startApiServer } from '../oracle/api-server.ts'
import type { ApiServer } from '../oracle/api-server.ts'
import { startOracle } from '../oracle/oracle.ts'
import type { Oracle } from '../oracle/oracle.ts'
import type { Verdict } from '../oracle/verdict.ts'
import type { Options } from './options.ts'
import { featuresOf, isDecided } from './features.ts'
import { judged } from './judged-world.ts'
import { describe, emptyTally, summary } from './report.ts'
import type { Tally } from './report.ts'
import { shrink } from './shrink.ts'
import { makeWorld } from './world.ts'
import type { World } from './world.ts'

/** Makes the worlds, asks both judges, shrinks and writes what they disagree on. @returns whether all is well */
export async function run(options: Options): Promise<boolean> {
  const oracle = startOracle({ processes: options.processes })
  const judges = { oracle, apiServer: startApiServer() }
  const tally = emptyTally()
  const began = performance.now()
  const seconds = (): number => (performance.now() - began) / 1000
  const end = options.seed + options.worlds
  let next = options.seed

  async function work(): Promise<void> {
    while (next < end && tally.disagreed < options.stopAfter) {
      const seed = next++
      const world = makeWorld(seed)
      const { verdict, differences } = await judge(judges, world)
      const failure = countApart(verdict, tally)
      if (failure !== null) {
        console.error(`seed ${seed}: ${failure.slice(0, 300)}`)
        continue
      }
      const isDifferent = differs(differences)
      if (isDifferent && (await agreesAtTimes(judges, world))) {
        tally.unsteady += 1
        console.error(`seed ${seed}: unsteady: istiod contradicts itself`)
        continue
      }
      countJudged(world, verdict, tally)
      if (isDifferent) {
        tally.disagreed += 1
        const file = await report(judges, seed, world, options)
        console.error(`seed ${seed}: engine and oracle disagree: ${file}`)
      }
      if (tally.judged % 500 === 0)
        console.error(
          `${tally.judged} worlds, ${tally.disagreed} disagreements, ${seconds().toFixed(0)} s`,
        )
    }
  }

  // One more than there are processes: the engine answers it meanwhile.
  await Promise.all(Array.from({ length: options.processes + 1 }, work))
  await Promise.all([oracle.close(), judges.apiServer.close()])
  console.log(summary(tally, `${options.seed} to ${next - 1}`, seconds()))
  return tally.disagreed === 0 && tally.decided > 0
}

/** What neither agrees nor disagrees: worlds that are refused, or on which istiod's own code fails. */
function countApart({ rejected, crashed }: Verdict, tally: Tally): string | null {
  if (rejected !== null) {
    tally.rejected += 1
    return `rejected: ${rejected}`
  }
  if (crashed === null) return null
  tally.crashed += 1
  return `crashed: ${crashed}`
}

function countJudged(world: World, { answers }: Verdict, tally: Tally): void {
  tally.judged += 1
  tally.requests += world.requests.length
  if (isDecided(answers)) tally.decided += 1
  for (const feature of featuresOf(world, answers))
    tally.features.set(feature, (tally.features.get(feature) ?? 0) + 1)
}

/**
 * Whether istiod gives the engine's answers on another try: parts of its code iterate over Go's maps, whose order is
 * chance, and of a small one mostly the same.
 */
async function agreesAtTimes(judges: Judges, world: World): Promise<boolean> {
  for (let tries = 0; tries < 60; tries += 1) {
    const { verdict, differences } = await judge(judges, world)
    if (verdict.rejected === null && verdict.crashed === null && !differs(differences)) return true
  }
  return false
}

async function report(
  judges: Judges,
  seed: number,
  world: World,
  { whole, found }: Options,
): Promise<string> {
  const fails = async (candidate: World): Promise<boolean> =>
    differs((await judge(judges, candidate)).differences)
  const smallest = whole ? world : await shrink(world, fails)
  const { differences } = await judge(judges, smallest)
  mkdirSync(found, { recursive: true })
  const file = resolve(found, `${seed}.yaml`)
  writeFileSync(file, describe(seed, smallest, differences))
  return file
}

interface Judges {
  readonly oracle: Oracle
  readonly apiServer: ApiServer
}

interface Judgement {
  readonly verdict: Verdict
  /** By request. */
  readonly differences: readonly (readonly Difference[])[]
}

async function judge({ oracle, apiServer }: Judges, world: World): Promise<Judgement> {
  const asked = judged('world', world)
  const verdict = await oracle.ask(asked)
  if (verdict.rejected !== null || verdict.crashed !== null) return { verdict, differences: [] }
  let answers
  try {
    answers = askEngine(asked)
  } catch (error) {
    // The engine answers every world that the API server takes.
    const thrown = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { verdict, differences: [[{ field: 'thrown', engine: thrown, oracle: null }]] }
  }
  const differences = verdict.answers.map((answer, index) =>
    compare(answers[index] ?? { error: 'no answer' }, answer, verdict.made),
  )
  if (!differs(differences)) return { verdict, differences }
  // A world in parts may be one that there cannot be: istiod's code need not mind.
  const rejected = await apiServer.refusal(world.manifests)
  return rejected === null
    ? { verdict, differences }
    : { verdict: { ...verdict, rejected }, differences: [] }
}

function differs(differences: Judgement['differences']): boolean {
  return differences.some((own) => own.length > 0)
}
