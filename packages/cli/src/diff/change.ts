import type { Caller } from '../reach/callers.ts'
import { sampleName } from '../reach/samples.ts'
import type { Sample } from '../reach/samples.ts'
import type { Target } from '../reach/targets.ts'
import type { Reached } from '../reach/view.ts'

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

/** A lane that no rule names: rules can ask for any. */
export const ANY_OTHER = 'any-other-lane'

/** Whether requests go elsewhere now. */
export function differs(before: Reached, after: Reached): boolean {
  return identity(before) !== identity(after)
}

/** What counts as the same destination: a cluster by another name is no change, who answers is one. */
function identity({ destinations }: Reached): string {
  const parts = destinations.map(({ kind, workloads, share, status, location, rewrite }) =>
    JSON.stringify([kind, workloads, Math.round(share * 100), status, location, rewrite]),
  )
  return parts.toSorted().join()
}

/** One request that goes elsewhere now. */
export interface Changed {
  readonly caller: Caller
  readonly target: Target
  readonly sample: Sample
  readonly lane: string | null
  readonly before: Reached
  readonly after: Reached
}

/** Requests that change alike are one change: in several lanes, from several callers, on several paths. */
export function mergeChanges(changed: Iterable<Changed>): Change[] {
  return mergeSamples(mergeCallers(mergeLanes(changed)))
}

function mergeLanes(changed: Iterable<Changed>): Change[] {
  const merged = new Map<string, Change & { readonly lanes: (string | null)[] }>()
  for (const { caller, target, sample, lane, before, after } of changed) {
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
    const known = merged.get(key)
    if (known !== undefined) known.lanes.push(lane)
    else
      merged.set(key, { callers: caller, lanes: [lane], target, samples: [sample], before, after })
  }
  return [...merged.values()]
}

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
