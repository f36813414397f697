import { compile, decide, decideOutside } from '@traffic-lanes/routing'
import type {
  Decision,
  Header,
  Mesh,
  Provenance,
  ProxyConfig,
  Request,
  RouteAction,
} from '@traffic-lanes/routing'
import type { Caller } from './callers.ts'
import { destinationOf, versionsOf } from './destination.ts'
import type { Destination } from './destination.ts'
import { textFor } from './samples.ts'
import type { Sample } from './samples.ts'
import { outsideTargets, routerTargets, sidecarTargets } from './targets.ts'
import type { Target } from './targets.ts'

/** Where requests of one kind go. */
export interface Reached {
  /** Each of a split's; one where there is none. */
  readonly destinations: readonly Destination[]
  /** What decided: the resource of the route, where one did. */
  readonly origin: Provenance | null
}

/** One decision of those that chance may make. */
export interface Draw {
  /** How many of 100 requests. */
  readonly share: number
  readonly decision: Decision
}

/** There is one at the least. */
type Draws = readonly [Draw, ...Draw[]]

/** The mesh as one caller sees it. */
export interface View {
  readonly targets: readonly Target[]
  /** The lanes that the caller's routes name. */
  readonly lanes: ReadonlySet<string>
  /** What becomes of the request: each of a split's decisions, with its share. */
  readonly draws: (request: Request) => Draws
  /** @param lane null: the request carries none. */
  readonly reach: (target: Target, sample: Sample, lane: string | null) => Reached
}

/** A fault that can miss misses: a map shows where requests are meant to go. */
const MISS = 0.999_999_9

export function viewOf(mesh: Mesh, { proxy }: Caller, laneHeader: string): View {
  const versions = versionsOf(mesh)
  const isRouter = proxy?.type === 'gateway'
  const config = proxy === null ? null : compile(mesh, proxy)
  const drawAll = (request: Request, passed: boolean): Draws =>
    config === null
      ? [{ share: 100, decision: decideOutside(mesh, request) }]
      : eachDraw(config, request, passed)
  return {
    targets: config === null ? outsideTargets(mesh) : targetsOf(mesh, config, laneHeader),
    lanes: config === null ? new Set() : lanesIn(config, laneHeader),
    draws: (request) => drawAll(request, true),
    reach: (target, sample, lane) => {
      const drawn = drawAll(requestOf(target, sample, lane, laneHeader, !isRouter), false)
      return {
        origin: drawn[0].decision.route?.origin ?? null,
        destinations: drawn.map(({ decision, share }) => destinationOf(decision, share, versions)),
      }
    },
  }
}

function targetsOf(mesh: Mesh, config: ProxyConfig, laneHeader: string): Target[] {
  return config.proxy.type === 'gateway'
    ? routerTargets(config, laneHeader)
    : sidecarTargets(mesh, config, laneHeader)
}

function requestOf(
  { origin, address, port }: Target,
  { method, path, headers, host }: Sample,
  lane: string | null,
  laneHeader: string,
  isDialled: boolean,
): Request {
  const carried: Header[] = lane === null ? [] : [[laneHeader, lane]]
  return {
    method,
    url: `${origin}${path}`,
    headers: [...(host === null ? [] : [['host', host] as const]), ...headers, ...carried],
    destination: isDialled ? { port, address } : { port },
  }
}

/** Decides once for every cluster of a split. */
function eachDraw(config: ProxyConfig, request: Request, passed: boolean): Draws {
  const decision = decide(config, request, { random: () => MISS, passed })
  const weights = weightsOf(config, decision)
  const total = weights.reduce((sum, { weight }) => sum + weight, 0)
  let below = 0
  const [first, ...others] = weights.map(({ weight }): Draw => {
    const draws = [(below + 0.5) / total]
    below += weight
    const random = (): number => draws.pop() ?? MISS
    return { share: (100 * weight) / total, decision: decide(config, request, { random, passed }) }
  })
  return first === undefined || others.length === 0
    ? [{ share: 100, decision }]
    : [first, ...others]
}

/** Of a route the action's: an outcome has no weights where one of its clusters serves nobody. */
function weightsOf(
  config: ProxyConfig,
  decision: Decision,
): readonly { readonly weight: number }[] {
  if (decision.outcome.kind === 'tcp') return decision.outcome.weights
  const action = actionOf(config, decision)
  return action?.kind === 'forward' ? action.weights : []
}

function actionOf(config: ProxyConfig, decision: Decision): RouteAction | undefined {
  const { routeConfig, virtualHost, route } = decision
  if (routeConfig === null || route === null) return undefined
  const host = config.routeConfigs
    .get(routeConfig)
    ?.virtualHosts.find(({ name }) => name === virtualHost)
  return host?.routes[route.index]?.action
}

/** The values of the lane's header that routes want, or one that they would take, and those that they set. */
function lanesIn({ routeConfigs }: ProxyConfig, laneHeader: string): Set<string> {
  const lanes = new Set<string>()
  for (const { virtualHosts } of routeConfigs.values())
    for (const { routes } of virtualHosts)
      for (const { match, action } of routes) {
        for (const condition of match.conditions)
          if (condition.kind === 'header' && condition.name === laneHeader) {
            const lane = condition.match.kind === 'present' ? undefined : textFor(condition.match)
            if (lane !== undefined && lane !== '') lanes.add(lane)
          }
        for (const { requestHeaders } of action.kind === 'forward' ? action.clusters : [])
          for (const [name, value] of requestHeaders.set)
            if (name.toLowerCase() === laneHeader) lanes.add(value)
      }
  return lanes
}
