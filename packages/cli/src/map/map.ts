import type { Mesh, Provenance } from '@traffic-lanes/routing'
import type { Progress } from '../progress.ts'
import type { Caller } from '../reach/callers.ts'
import { destinationName, isError } from '../reach/destination.ts'
import type { Destination } from '../reach/destination.ts'
import { compareNames, lanesOf } from '../reach/lanes.ts'
import { sampleName } from '../reach/samples.ts'
import type { Sample } from '../reach/samples.ts'
import { isTold } from '../reach/targets.ts'
import type { Target } from '../reach/targets.ts'
import { viewOf } from '../reach/view.ts'
import type { Reached, View } from '../reach/view.ts'

/** Which version each lane gets of each Service, from each caller. */
export interface LaneMap {
  /** null, the first: requests without a lane. */
  readonly lanes: readonly (string | null)[]
  readonly sections: readonly Section[]
}

/** What callers see that all see the same. */
export interface Section {
  readonly caller: Pick<Caller, 'kind' | 'members'>
  readonly columns: readonly Column[]
}

/** One kind of request, in every lane. */
export interface Column {
  readonly target: Target
  /** The first of the requests that go the same way. */
  readonly sample: Sample
  /** How many others do. */
  readonly others: number
  /** One a lane, in the order of the lanes. */
  readonly cells: readonly Cell[]
}

export interface Cell {
  readonly lane: string | null
  readonly mark: Mark
  /** `release-v1`, `release 90 %, release-v1 10 %`, `503 NC`. */
  readonly text: string
  readonly destinations: readonly Destination[]
  /** What decided: the resource of the route, where one did. */
  readonly origin: Provenance | null
}

/**
 * - `own`: the lane's own version;
 * - `baseline`: what requests without a lane get;
 * - `error`: nobody serves it;
 * - `any`: of several versions any one may answer, whatever the lane;
 * - `other`: neither the lane's nor the baseline's version.
 */
export type Mark = 'own' | 'baseline' | 'error' | 'any' | 'other'

export interface MapOptions {
  readonly laneHeader: string
  /** Only this lane. */
  readonly lane?: string
  readonly progress?: Progress
}

/** Asks for every caller, target and lane where requests go; callers with the same answers are put together. */
export function mapOf(
  mesh: Mesh,
  callers: readonly Caller[],
  { laneHeader, lane, progress }: MapOptions,
): LaneMap {
  const views = callers.map((caller, index) => {
    progress?.step('callers configured', index, callers.length)
    return { caller, view: viewOf(mesh, caller, laneHeader) }
  })
  const known = lanesOf(
    mesh,
    views.map(({ view }) => view),
  )
  const lanes = lane === undefined ? [null, ...known] : [lane]
  const sections = new Map<string, { kind: Caller['kind']; members: string[]; columns: Column[] }>()
  for (const [index, { caller, view }] of views.entries()) {
    progress?.step('callers asked', index, views.length)
    const targets = view.targets.toSorted(compareTargets)
    const columns = targets.flatMap((target) => columnsOf(view, target, lanes))
    const key = JSON.stringify([caller.kind, columns.map(signature)])
    const section = sections.get(key)
    if (section === undefined)
      sections.set(key, { kind: caller.kind, members: [...caller.members], columns })
    else section.members.push(...caller.members)
  }
  progress?.end()
  return {
    lanes,
    sections: [...sections.values()].map(({ kind, members, columns }) => ({
      caller: { kind, members },
      columns,
    })),
  }
}

/** Services first, then the other hosts. */
function compareTargets(a: Target, b: Target): number {
  const order = Number(a.namespace === null) - Number(b.namespace === null)
  return order === 0 ? compareNames(a.name, b.name) : order
}

/** The columns of a target: requests that always go the same way are one. */
function columnsOf(view: View, target: Target, lanes: readonly (string | null)[]): Column[] {
  const columns = new Map<string, Column>()
  for (const sample of target.samples) {
    const baseline = view.reach(target, sample, null)
    const cells = lanes.map((lane) => {
      const reached = isTold(target.laned, lane) ? view.reach(target, sample, lane) : baseline
      return cellOf(lane, reached, textOf(baseline.destinations, target.name), target.name)
    })
    const key = JSON.stringify(cells.map(({ text, mark }) => [text, mark]))
    const same = columns.get(key)
    if (same === undefined) columns.set(key, { target, sample, others: 0, cells })
    else columns.set(key, { ...same, others: same.others + 1 })
  }
  return [...columns.values()]
}

function cellOf(lane: string | null, reached: Reached, baseline: string, called: string): Cell {
  const { destinations, origin } = reached
  const text = textOf(destinations, called)
  const mark = text === baseline ? 'baseline' : markOf(lane, destinations)
  return { lane, mark: alwaysMark(destinations) ?? mark, text, destinations, origin }
}

/** What is so in any lane, with or without a version of its own. */
function alwaysMark(destinations: readonly Destination[]): Mark | undefined {
  if (destinations.some(isError)) return 'error'
  return destinations.some(({ versions }) => versions.length > 1) ? 'any' : undefined
}

function markOf(lane: string | null, destinations: readonly Destination[]): Mark {
  return destinations.every(({ versions }) => versions[0] === lane) ? 'own' : 'other'
}

/** Each place once, with its share where there are several. */
function textOf(destinations: readonly Destination[], called: string): string {
  const shares = new Map<string, number>()
  for (const destination of destinations) {
    const name = destinationName(destination, called)
    shares.set(name, (shares.get(name) ?? 0) + destination.share)
  }
  const [only] = shares.keys()
  if (shares.size === 1 && only !== undefined) return only
  return [...shares].map(([name, share]) => `${name} ${Math.round(share)} %`).join(', ')
}

function signature({ target, sample, cells }: Column): unknown {
  return [target.name, sampleName(sample), cells.map(({ mark, text }) => [mark, text])]
}
