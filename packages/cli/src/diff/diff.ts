import type { Progress } from '../progress.ts'
import type { Project } from '../project.ts'
import { lanesOf } from '../reach/lanes.ts'
import { sampleName } from '../reach/samples.ts'
import type { Sample } from '../reach/samples.ts'
import { isLaned, isTold } from '../reach/targets.ts'
import type { Laned, Target } from '../reach/targets.ts'
import { viewOf } from '../reach/view.ts'
import type { View } from '../reach/view.ts'
import { ANY_OTHER, differs, mergeChanges } from './change.ts'
import type { Change, Changed } from './change.ts'
import { pairCallers } from './pair-callers.ts'

/** How two sets of manifests differ in what they do. */
export interface Diff {
  /** How many requests were asked for. */
  readonly asked: number
  readonly changes: readonly Change[]
  /** Everybody's names, by kind. */
  readonly everybody: ReadonlyMap<string, readonly string[]>
}

export interface DiffOptions {
  readonly laneHeader: string
  readonly progress?: Progress
}

/**
 * Asks both sides the same: every caller of either, every target, every request that the routes of either tell
 * apart, every lane. A caller that stands on one side only is asked on the other as if it stood there.
 */
export function diffOf(
  before: Project,
  after: Project,
  { laneHeader, progress }: DiffOptions,
): Diff {
  const callers = pairCallers(before, after)
  const views = callers.map((pair, index) => {
    progress?.step('callers configured', index, callers.length)
    return {
      caller: pair.caller,
      before: viewOf(before.mesh, { ...pair.caller, proxy: pair.before }, laneHeader),
      after: viewOf(after.mesh, { ...pair.caller, proxy: pair.after }, laneHeader),
    }
  })
  const known = new Set([
    ...lanesOf(
      before.mesh,
      views.map((view) => view.before),
    ),
    ...lanesOf(
      after.mesh,
      views.map((view) => view.after),
    ),
  ])
  const lanes = [null, ...known, ANY_OTHER]
  const changed: Changed[] = []
  let asked = 0
  for (const [index, view] of views.entries()) {
    progress?.step('callers asked', index, views.length)
    for (const { target, sample } of questions(view.before, view.after)) {
      const baseline = reachBoth(view, target, sample, null)
      for (const lane of isLaned(target.laned) ? lanes : [null]) {
        asked += 1
        const reached = isTold(target.laned, lane)
          ? reachBoth(view, target, sample, lane)
          : baseline
        if (reached.isChange)
          changed.push({ caller: view.caller, target, sample, lane, ...reached })
      }
    }
  }
  progress?.end()
  const everybody = new Map(
    (['sidecar', 'router', 'outside'] as const).map((kind) => [
      kind,
      callers.flatMap(({ caller }) => (caller.kind === kind ? caller.members : [])),
    ]),
  )
  return { asked, changes: mergeChanges(changed), everybody }
}

function reachBoth(
  view: { readonly before: View; readonly after: View },
  target: Target,
  sample: Sample,
  lane: string | null,
) {
  const before = view.before.reach(target, sample, lane)
  const after = view.after.reach(target, sample, lane)
  return { before, after, isChange: differs(before, after) }
}

/** What the routes of either side tell apart. */
function* questions(before: View, after: View): Generator<{ target: Target; sample: Sample }> {
  const targets = new Map<string, { target: Target; samples: Map<string, Sample> }>()
  for (const target of [...before.targets, ...after.targets]) {
    const known = targets.get(target.origin)
    const samples = known?.samples ?? new Map<string, Sample>()
    for (const sample of target.samples) samples.set(sampleName(sample), sample)
    const laned = known === undefined ? target.laned : eitherLaned(target.laned, known.target.laned)
    targets.set(target.origin, { target: { ...target, laned }, samples })
  }
  for (const { target, samples } of targets.values())
    for (const sample of samples.values()) yield { target, sample }
}

function eitherLaned(one: Laned, other: Laned): Laned {
  return {
    names: new Set([...one.names, ...other.names]),
    isOpen: one.isOpen || other.isOpen,
  }
}
