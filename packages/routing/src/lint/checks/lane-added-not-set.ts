import type { Check } from '../check.ts'
import { laneValues } from '../model/lane-values.ts'

/** Two values in one header are no lane: the SDK and every `exact` match refuse `a,b`. */
export const laneAddedNotSet: Check = {
  codes: ['TL034'],
  run(world, report) {
    for (const { part, where } of laneValues(world)) {
      if (where !== 'add') continue
      report({
        code: 'TL034',
        at: part,
        message: `\`add\` appends: a request that has a lane leaves with two, and no exact match takes those. Use \`set\` for ${world.laneHeader}`,
      })
    }
  },
}
