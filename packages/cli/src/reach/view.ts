import { compile, decide, decideOutside } from '@traffic-lanes/routing'
import type {
  Decision,
  Header,
  Mesh,
  ProxyConfig,
  Request,
  RouteAction,
} from '@traffic-lanes/routing'
import type { Caller } from './callers.ts'
import { destinationOf, versionsOf } from './destination.ts'
import type { Destination } from './destination.ts'
import type { Sample } from './samples.ts'
import { outsideTargets, routerTargets, sidecarTargets } from './targets.ts'
import type { Target } from './targets.ts'

/** Where requests of one kind go. */
export interface Reached {
  /** Each of a split's; one where there is none. */
  readonly destinations: readonly Destination[]
  /** That of the first. */
  readonly decision: Decision
}

/** The mesh as one caller sees it. */
export interface View {
  readonly targets: readonly Target[]
  /** The lanes that the caller's routes name. */
  readonly lanes: ReadonlySet<string>
  /** @param lane null: the request carries none. */
  readonly reach: (origin: string, sample: Sample, lane: string | null) => Reached
}

/** A fault that can miss misses: a map shows where requests are meant to go. */
const MISS = 0.999_999_9

export function viewOf(mesh: Mesh, { proxy }: Caller, laneHeader: string): View {
  const versions = versionsOf(mesh)
  if (proxy === null) {
    return {
      targets: outsideTargets(mesh),
      lanes: new Set(),
      reach: (origin, sample, lane) => {
        const request = requestOf(origin, sample, lane, laneHeader, true)
        const decision = decideOutside(mesh, request)
        return { decision, destinations: [destinationOf(decision, 100, versions)] }
      },
    }
  }
  const config = compile(mesh, proxy)
  const isRouter = proxy.type === 'gateway'
  return {
    targets: isRouter
      ? routerTargets(config, laneHeader)
      : sidecarTargets(mesh, config, laneHeader),
    lanes: lanesIn(config, laneHeader),
    reach: (origin, sample, lane) => {
      const request = requestOf(origin, sample, lane, laneHeader, !isRouter)
      const decision = decide(config, request, { random: () => MISS })
      const drawn = eachDraw(config, request, decision)
      return {
        decision,
        destinations: drawn.map((each) => destinationOf(each.decision, each.share, versions)),
      }
    },
  }
}

function requestOf(
  origin: string,
  { method, path, headers, host }: Sample,
  lane: string | null,
  laneHeader: string,
  isDialled: boolean,
): Request {
  const { hostname, port, protocol } = new URL(origin)
  const defaultPort = protocol === 'https:' ? 443 : 80
  const carried: Header[] = lane === null ? [] : [[laneHeader, lane]]
  return {
    method,
    url: `${origin}${path}`,
    headers: [...(host === null ? [] : [['host', host] as const]), ...headers, ...carried],
    destination: {
      port: port === '' ? defaultPort : Number(port),
      ...(isDialled ? { address: hostname } : {}),
    },
  }
}

/** Draws every cluster of a split once. */
function eachDraw(
  config: ProxyConfig,
  request: Request,
  decision: Decision,
): { share: number; decision: Decision }[] {
  const action = actionOf(config, decision)
  if (action?.kind !== 'forward' || action.clusters.length < 2) return [{ share: 100, decision }]
  let below = 0
  return action.clusters.flatMap(({ weight }) => {
    if (weight === 0) return []
    const draws = [(below + 0.5) / action.totalWeight]
    below += weight
    const random = (): number => draws.pop() ?? MISS
    const share = (100 * weight) / action.totalWeight
    return [{ share, decision: decide(config, request, { random, passed: false }) }]
  })
}

function actionOf(config: ProxyConfig, decision: Decision): RouteAction | undefined {
  const { routeConfig, virtualHost, route } = decision
  if (routeConfig === null || route === null) return undefined
  const host = config.routeConfigs
    .get(routeConfig)
    ?.virtualHosts.find(({ name }) => name === virtualHost)
  return host?.routes[route.index]?.action
}

/** The values that routes want of the lane's header, where they say them in full, and those that they set. */
function lanesIn({ routeConfigs }: ProxyConfig, laneHeader: string): Set<string> {
  const lanes = new Set<string>()
  for (const { virtualHosts } of routeConfigs.values())
    for (const { routes } of virtualHosts)
      for (const { match, action } of routes) {
        for (const condition of match.conditions)
          if (condition.kind === 'header' && condition.name === laneHeader)
            if (condition.match.kind === 'exact') lanes.add(condition.match.value)
        for (const { requestHeaders } of action.kind === 'forward' ? action.clusters : [])
          for (const [name, value] of requestHeaders.set)
            if (name.toLowerCase() === laneHeader) lanes.add(value)
      }
  return lanes
}
