import type { Check } from '../check.ts'
import type { Part } from '../part.ts'
import { routeLaneOf } from '../model/lane-match.ts'
import { rulesByService } from '../model/route-parents.ts'
import type { AttachedRule } from '../model/route-parents.ts'
import { trialsTo } from '../model/trial.ts'

/**
 * HTTPRoutes are ordered by how much they ask for, and a path counts before a header: a baseline rule for `/api`
 * beats a lane's that asks for its header alone (Gateway API: HTTPRouteRule, matches).
 */
export const lessSpecificThanBaseline: Check = {
  codes: ['TL012'],
  run(world, report) {
    for (const { service, port, rules } of rulesByService(world)) {
      const matches = rules.flatMap((attached) => readMatches(attached, world.laneHeader))
      const baselines = matches.filter(({ lane }) => lane === null)
      const lanes = matches.filter(({ lane }) => lane !== null)
      const written = new Set(lanes.map(({ lane, place }) => `${lane} ${place}`))
      for (const { lane, path, at, attached } of lanes) {
        const winner = baselines.find(
          (one) =>
            rank(one) > rank({ path, method: null }) &&
            isWithin(one.path, path) &&
            !written.has(`${lane} ${one.place}`),
        )
        if (winner === undefined) continue
        const trials = trialsTo(world, { service, port }, undefined, lane).map((trial) =>
          Object.assign({}, trial, {
            url: trial.url.replace(/\/$/, winner.path.value),
            method: winner.method ?? 'GET',
          }),
        )
        const own = new Set(attached.rule.backends.map(({ host }) => host))
        report({
          code: 'TL012',
          at,
          message: `requests of lane ${JSON.stringify(lane)} for ${winner.path.value} go to the baseline: its match (${winner.place}) asks for more of the path or method, which counts before headers. Repeat that match here, with the header`,
          request: world.examples.find(
            trials,
            ({ outcome }) =>
              outcome.kind === 'forward' &&
              ![...own].some((host) => outcome.cluster.endsWith(`|${host}`)),
          ),
        })
      }
    }
  },
}

interface Path {
  readonly exact: boolean
  readonly value: string
}

interface ReadMatch {
  readonly attached: AttachedRule
  readonly at: Part
  readonly lane: string | null
  readonly path: Path
  readonly method: string | null
  /** `PathPrefix /api GET`: the same for matches that differ in headers alone. */
  readonly place: string
}

function readMatches(attached: AttachedRule, laneHeader: string): ReadMatch[] {
  const { rule } = attached
  const matches = rule.matches.length === 0 ? [rule.part.get('matches')] : rule.matches
  return matches.flatMap((at) => {
    const type = at.get('path', 'type').text ?? 'PathPrefix'
    // Nothing says what a regular expression covers.
    if (type !== 'PathPrefix' && type !== 'Exact') return []
    const value = at.get('path', 'value').text ?? '/'
    const method = at.get('method').text
    const lane = routeLaneOf(at, laneHeader)
    if (lane !== null && lane.kind !== 'exact') return []
    return [
      {
        attached,
        at,
        lane: lane === null ? null : lane.value,
        path: { exact: type === 'Exact', value },
        method,
        place: [type, value, method].filter((one) => one !== null).join(' '),
      },
    ]
  })
}

/** The larger comes first: an exact path, the longer prefix, a method. */
function rank({ path, method }: Pick<ReadMatch, 'path' | 'method'>): number {
  return (path.exact ? 1_000_000 : 0) + path.value.length * 2 + (method === null ? 0 : 1)
}

/** Whether the paths of `inner` are paths of `outer`. */
function isWithin(inner: Path, outer: Path): boolean {
  if (outer.exact) return inner.exact && inner.value === outer.value
  const prefix = outer.value.replace(/\/$/, '')
  return inner.value === outer.value || inner.value.startsWith(`${prefix}/`)
}
