import type { Check } from '../check.ts'
import { isLaneRule } from '../model/lane-rule.ts'

/** A browser asks first whether it may send the header, by a request that has none. */
export const corsLaneHeader: Check = {
  codes: ['TL024'],
  run(world, report) {
    for (const { http } of world.virtualServices()) {
      if (!http.some((rule) => isLaneRule(rule, world.laneHeader))) continue
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
        })
      }
    }
  },
}
