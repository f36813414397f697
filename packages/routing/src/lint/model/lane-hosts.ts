import type { World } from '../world.ts'
import { exactLanesOf } from './lane-match.ts'
import { isLaneRule } from './lane-rule.ts'
import type { HttpRuleView, VirtualServiceView } from './virtual-service.ts'

/** A VirtualService of the mesh with lanes for a host. */
export interface LaneHost {
  readonly view: VirtualServiceView
  readonly rule: HttpRuleView
  readonly lane: string
}

/** The hosts that have lanes in the mesh, each with the first rule for one exact lane. */
export function laneHosts(world: World): ReadonlyMap<string, LaneHost> {
  const found = new Map<string, LaneHost>()
  for (const view of world.virtualServices()) {
    if (!view.gateways.includes('mesh')) continue
    for (const rule of view.http) {
      if (!isLaneRule(rule, world.laneHeader)) continue
      const [lane] = exactLanesOf(rule, world.laneHeader)
      if (lane === undefined) continue
      for (const { host } of view.hosts) if (!found.has(host)) found.set(host, { view, rule, lane })
    }
  }
  return found
}
