import type { Check } from '../check.ts'
import type { Trial } from '../examples.ts'
import { isLaneRule } from '../model/lane-rule.ts'
import { meshTrials } from '../model/trial.ts'
import type { VirtualServiceView } from '../model/virtual-service.ts'
import type { Part } from '../part.ts'
import type { World } from '../world.ts'

/** A browser asks first whether it may send the header, by a request that has none. */
export const corsLaneHeader: Check = {
  codes: ['TL024'],
  run(world, report) {
    for (const rule of world.virtualServices()) {
      const { http } = rule
      if (!http.some((entry) => isLaneRule(entry, world.laneHeader))) continue
      for (const { part } of http) {
        const policy = part.get('corsPolicy')
        if (!policy.exists) continue
        const allowed = new Set(
          policy
            .get('allowHeaders')
            .texts()
            .map((one) => one.toLowerCase()),
        )
        if (allowed.has('*') || allowed.has(world.laneHeader)) continue
        report({
          code: 'TL024',
          at: policy.get('allowHeaders').exists ? policy.get('allowHeaders') : policy,
          key: true,
          message: `browsers may not send ${world.laneHeader} here, so that they never reach a lane; add it to allowHeaders`,
          request: world.examples.find(
            preflights(world, rule, policy),
            ({ outcome }) => outcome.kind === 'respond' && outcome.status === 200,
          ),
        })
      }
    }
  },
}

/** What a browser asks before it sends the lane (Fetch standard, CORS-preflight). */
function preflights(world: World, rule: VirtualServiceView, policy: Part): Trial[] {
  const [first] = policy.get('allowOrigins').list()
  const origin = first?.get('exact').text ?? first?.get('prefix').text ?? 'https://example.com'
  const headers: Trial['headers'] = [
    ['origin', origin],
    ['access-control-request-method', 'GET'],
    ['access-control-request-headers', world.laneHeader],
  ]
  return meshTrials(world, rule, undefined, null).map(({ from, url }) => ({
    from,
    url,
    method: 'OPTIONS',
    headers,
  }))
}
