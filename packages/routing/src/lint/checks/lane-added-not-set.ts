import type { Check } from '../check.ts'

/** Two values in one header are no lane: the SDK and every `exact` match refuse `a,b`. */
export const laneAddedNotSet: Check = {
  codes: ['TL034'],
  run(world, report) {
    for (const rule of world.virtualServices()) {
      for (const entry of rule.http) {
        for (const block of [entry.part, ...entry.part.get('route').list()]) {
          for (const [name, part] of block.get('headers', 'request', 'add').entries()) {
            if (name.toLowerCase() !== world.laneHeader) continue
            report({
              code: 'TL034',
              at: part,
              key: true,
              message: `\`add\` appends: a request that has a lane leaves with two, and no exact match takes those. Use \`set\` for ${world.laneHeader}`,
            })
          }
        }
      }
    }
  },
}
