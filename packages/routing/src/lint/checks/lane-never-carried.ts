import type { Check } from '../check.ts'
import { isCarried } from '../lane-pattern.ts'
import { laneMatchOf } from '../model/lane-match.ts'
import type { Part } from '../part.ts'

/** A lane that the SDK does not take for one ends at the first service. */
export const laneNeverCarried: Check = {
  codes: ['TL040'],
  run(world, report) {
    const check = (part: Part, what: string): void => {
      if (typeof part.value !== 'string' || isCarried(part.value)) return
      report({
        code: 'TL040',
        at: part,
        message: `${what} ${JSON.stringify(part.value)} is no lane to the SDK, which drops it: letters, digits and - . _ / with a letter or digit at both ends, 253 characters at most. Rename the lane`,
      })
    }
    for (const rule of world.virtualServices()) {
      for (const entry of rule.http) {
        for (const match of entry.matches) {
          const lane = laneMatchOf(match, world.laneHeader)
          if (lane?.kind === 'exact') check(lane.part, 'the match')
        }
        for (const block of [entry.part, ...entry.part.get('route').list()]) {
          for (const [name, part] of block.get('headers', 'request', 'set').entries()) {
            if (name.toLowerCase() === world.laneHeader && !/%/.test(String(part.value)))
              check(part, 'the header')
          }
        }
      }
    }
    for (const { template } of world.workloads()) {
      check(template.get('metadata', 'labels', world.versionLabel), `label ${world.versionLabel}`)
    }
  },
}
