import type { Header } from '../../decision.ts'
import { serviceUrl } from '../examples.ts'
import type { Trial } from '../examples.ts'
import type { Part } from '../part.ts'
import type { World } from '../world.ts'
import { exactLanesOf } from './lane-match.ts'
import type { Target } from './targets.ts'
import { meshTargets, targetOf } from './targets.ts'
import type { VirtualServiceView } from './virtual-service.ts'

/** Requests of callers in the mesh, under the rule's own hosts, that fit the match but for its lane. */
export function meshTrials(
  world: World,
  rule: VirtualServiceView,
  match: Part | undefined,
  lane: string | null,
): Trial[] {
  return meshTargets(world, rule).flatMap((target) => trialsTo(world, target, match, lane))
}

/** Requests of callers in the mesh to a Service that fit the match but for its lane. */
export function trialsTo(
  world: World,
  { service, port }: Pick<Target, 'service' | 'port'>,
  match: Part | undefined,
  lane: string | null,
): Trial[] {
  const fitting = fittingRequest(match, world.laneHeader)
  if (fitting === null) return []
  const { path, method, headers } = fitting
  const url = serviceUrl(service, port, path)
  return world.examples.callersOf(service).map((from) => ({ from, method, url, lane, headers }))
}

/** Requests of callers in the mesh that fit a rule which leads to the subset. */
export function trialsToSubset(world: World, host: string, subset: string): Trial[] {
  return world.virtualServices().flatMap(({ http }) =>
    http.flatMap((rule) =>
      rule.destinations.flatMap((destination) => {
        if (destination.host !== host || destination.subset !== subset) return []
        const target = targetOf(world, destination)
        const [lane = null] = exactLanesOf(rule, world.laneHeader)
        return target === null ? [] : trialsTo(world, target, rule.matches[0], lane)
      }),
    ),
  )
}

/** What a request needs besides its lane to fit a match. */
interface Fitting {
  readonly path: string
  readonly method: string
  readonly headers: readonly Header[]
}

/**
 * The simplest request that fits all of a match but the header `without`; null where it takes more than
 * copying: regexes, query parameters, schemes.
 */
function fittingRequest(match: Part | undefined, without: string): Fitting | null {
  if (match === undefined) return { path: '/', method: 'GET', headers: [] }
  const hard = ['queryParams', 'scheme', 'authority', 'sourceLabels', 'sourceNamespace', 'port']
  if (hard.some((key) => match.get(key).exists)) return null
  const path = match.get('uri').exists ? sample(match.get('uri')) : '/'
  const method = match.get('method').exists ? sample(match.get('method')) : 'GET'
  const headers: Header[] = []
  for (const [name, part] of match.get('headers').entries()) {
    if (name.toLowerCase() === without) continue
    const value = sample(part)
    if (value === null) return null
    headers.push([name, value])
  }
  if (path === null || method === null || !path.startsWith('/')) return null
  return { path, method, headers }
}

function sample(part: Part): string | null {
  return part.get('exact').text ?? part.get('prefix').text
}
