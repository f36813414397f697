import { proxies } from '@traffic-lanes/routing'
import type { Proxy } from '@traffic-lanes/routing'
import type { Progress } from '../progress.ts'
import type { Project } from '../project.ts'
import { outside, proxyClass, selectedKeys } from '../reach/callers.ts'
import type { Caller } from '../reach/callers.ts'
import { lanesOf } from '../reach/lanes.ts'
import { sampleName } from '../reach/samples.ts'
import type { Sample } from '../reach/samples.ts'
import { isLaned, isTold } from '../reach/targets.ts'
import type { Laned, Target } from '../reach/targets.ts'
import { viewOf } from '../reach/view.ts'
import type { Reached, View } from '../reach/view.ts'

/** How two sets of manifests differ in what they do. */
export interface Diff {
  /** How many requests were asked for. */
  readonly asked: number
  readonly changes: readonly Change[]
  /** Everybody's names, by kind. */
  readonly everybody: ReadonlyMap<string, readonly string[]>
}

/** Requests of one kind that go elsewhere now. */
export interface Change {
  readonly callers: Pick<Caller, 'kind' | 'members'>
  /** null: without a lane; ANY_OTHER: with one that no rule names. */
  readonly lanes: readonly (string | null)[]
  readonly target: Target
  /** One at the least. */
  readonly samples: readonly Sample[]
  readonly before: Reached
  readonly after: Reached
}

export interface DiffOptions {
  readonly laneHeader: string
  readonly progress?: Progress
}

/** A lane that no rule names: rules can ask for any. */
export const ANY_OTHER = 'any-other-lane'

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
  const changes = new Map<string, MutableChange>()
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
        if (reached.isChange) note(changes, view.caller, { target, sample, lane, ...reached })
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
  return { asked, changes: mergeSamples(mergeCallers([...changes.values()])), everybody }
}

function reachBoth(
  view: { readonly before: View; readonly after: View },
  target: Target,
  sample: Sample,
  lane: string | null,
) {
  const before = view.before.reach(target, sample, lane)
  const after = view.after.reach(target, sample, lane)
  return { before, after, isChange: identity(before) !== identity(after) }
}

interface PairedCaller {
  readonly caller: Caller
  readonly before: Proxy | null
  readonly after: Proxy | null
}

function pairCallers(before: Project, after: Project): PairedCaller[] {
  const keys = [...new Set([...selectedKeys(before.resources), ...selectedKeys(after.resources)])]
  const old = new Map(proxies(before.mesh).map((proxy) => [proxy.id, proxy]))
  const now = new Map(proxies(after.mesh).map((proxy) => [proxy.id, proxy]))
  const groups = new Map<string, { before: Proxy; after: Proxy; members: string[] }>()
  for (const [id, proxy] of new Map([...old, ...now])) {
    const pair = { before: old.get(id) ?? proxy, after: now.get(id) ?? proxy }
    const key = `${proxyClass(pair.before, keys)} ${proxyClass(pair.after, keys)}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { ...pair, members: [id] })
    else group.members.push(id)
  }
  const paired = [...groups.values()].map(({ before: was, after: is, members }): PairedCaller => ({
    caller: { kind: is.type === 'gateway' ? 'router' : 'sidecar', proxy: is, members },
    before: was,
    after: is,
  }))
  return [...paired, { caller: outside, before: null, after: null }]
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

/** What counts as the same destination: a cluster by another name is no change, who answers is one. */
function identity({ destinations }: Reached): string {
  const parts = destinations.map(({ kind, workloads, share, status, location, rewrite }) =>
    JSON.stringify([kind, workloads, Math.round(share * 100), status, location, rewrite]),
  )
  return parts.toSorted().join()
}

interface MutableChange extends Change {
  readonly lanes: (string | null)[]
}

interface Changed {
  readonly target: Target
  readonly sample: Sample
  readonly lane: string | null
  readonly before: Reached
  readonly after: Reached
}

/** Lanes that change alike are one change. */
function note(
  changes: Map<string, MutableChange>,
  caller: Caller,
  { target, sample, lane, before, after }: Changed,
): void {
  const key = JSON.stringify([
    caller.kind,
    caller.members,
    target.origin,
    sampleName(sample),
    identity(before),
    identity(after),
    before.origin?.position ?? null,
    after.origin?.position ?? null,
  ])
  const known = changes.get(key)
  if (known !== undefined) known.lanes.push(lane)
  else
    changes.set(key, { callers: caller, lanes: [lane], target, samples: [sample], before, after })
}

/** So are callers for whom the same changes. */
function mergeCallers(changes: readonly Change[]): Change[] {
  const merged = new Map<string, Change>()
  for (const change of changes) {
    const { callers, target, samples, lanes, before, after } = change
    const key = JSON.stringify([
      callers.kind,
      target.origin,
      samples.map(sampleName),
      lanes,
      identity(before),
      identity(after),
    ])
    const known = merged.get(key)
    const members = [...(known?.callers.members ?? []), ...callers.members]
    merged.set(key, { ...(known ?? change), callers: { kind: callers.kind, members } })
  }
  return [...merged.values()]
}

/** And requests that change alike. */
function mergeSamples(changes: readonly Change[]): Change[] {
  const merged = new Map<string, Change>()
  for (const change of changes) {
    const { callers, target, samples, lanes, before, after } = change
    const key = JSON.stringify([
      callers.kind,
      callers.members,
      target.origin,
      lanes,
      identity(before),
      identity(after),
    ])
    const known = merged.get(key)
    merged.set(key, { ...(known ?? change), samples: [...(known?.samples ?? []), ...samples] })
  }
  return [...merged.values()]
}
