import { push } from '../world.ts'
import type { World } from '../world.ts'
import type { HttpRouteRuleView, HttpRouteView } from './http-route.ts'
import type { ServiceView } from './service.ts'

/** A rule with the HTTPRoute that it stands in. */
export interface AttachedRule {
  readonly route: HttpRouteView
  readonly rule: HttpRouteRuleView
}

/** The Services that HTTPRoutes are attached to, each with all rules for it. */
export function rulesByService(world: World): {
  readonly service: ServiceView
  readonly port: number
  readonly rules: readonly AttachedRule[]
}[] {
  const byHost = new Map<string, AttachedRule[]>()
  for (const route of world.httpRoutes()) {
    // One in another namespace than the Service's is for callers there alone.
    for (const { host } of route.services) {
      if (world.services().get(host)?.namespace !== route.resource.namespace) continue
      for (const rule of route.rules) push(byHost, host, { route, rule })
    }
  }
  return [...byHost].flatMap(([host, rules]) => {
    const service = world.services().get(host)
    const port = service?.ports[0]?.port
    return service === undefined || port === undefined ? [] : [{ service, port, rules }]
  })
}
