import type { Check } from '../check.ts'
import { laneMatchOf } from '../model/lane-match.ts'
import { meshTrials } from '../model/trial.ts'

/** Two values in one header are no lane: the SDK and every `exact` match refuse `a,b`. */
export const laneAddedNotSet: Check = {
  codes: ['TL034'],
  run(world, report) {
    const [anyLane] = world.laneHosts().values()
    for (const { part, where, rule } of world.laneValues()) {
      if (where !== 'add') continue
      const asked = rule?.match === undefined ? null : laneMatchOf(rule.match, world.laneHeader)
      // A lane without a route of its own comes to the baseline's.
      const lanes = [asked?.value ?? part.text, anyLane?.lane ?? null, 'another-lane']
      report({
        code: 'TL034',
        at: part,
        message: `\`add\` appends: a request that has a lane leaves with two, and no exact match takes those. Use \`set\` for ${world.laneHeader}`,
        request:
          rule === null
            ? null
            : world.examples.find(
                lanes.flatMap((lane) => meshTrials(world, rule.view, rule.match, lane)),
                ({ requestHeaders }) =>
                  requestHeaders.add.some(([name]) => name.toLowerCase() === world.laneHeader),
              ),
      })
    }
  },
}
