import type { Check } from '../check.ts'

/** The server's sidecar reads a rule's own policy only: there is no subset on the way in. */
export const idleTimeoutInASubset: Check = {
  codes: ['TL029'],
  run(world, report) {
    for (const { spec, subsets } of world.destinationRules()) {
      if (spec.get('trafficPolicy', ...path).exists) continue
      for (const { part } of subsets) {
        const at = part.get('trafficPolicy', ...path)
        if (!at.exists) continue
        report({
          code: 'TL029',
          at,
          key: true,
          message: `idleTimeout of a subset does not hold between the server's sidecar and the server, where 503 UC comes from; write it into spec.trafficPolicy, below the server's keep-alive time`,
        })
      }
    }
  },
}

const path = ['connectionPool', 'http', 'idleTimeout'] as const
