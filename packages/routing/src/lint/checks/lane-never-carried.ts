import type { Check } from '../check.ts'
import { isCarried } from '../lane-pattern.ts'
import { meshTrials } from '../model/trial.ts'

/** A lane that the SDK does not take for one ends at the first service. */
export const laneNeverCarried: Check = {
  codes: ['TL040'],
  run(world, report) {
    const labels = world.workloads().map(({ template }) => ({
      part: template.get('metadata', 'labels', world.versionLabel),
      rule: null,
    }))
    for (const { part, rule } of [...world.laneValues(), ...labels]) {
      if (typeof part.value !== 'string' || isCarried(part.value)) continue
      // A command like %REQ(host)% is a value only when a request comes.
      if (/%[A-Z_]+(?:\(|%)/.test(part.value)) continue
      report({
        code: 'TL040',
        at: part,
        message: `${JSON.stringify(part.value)} is no lane to the SDK, which drops it: letters, digits and - . _ / with a letter or digit at both ends, 253 characters at most. Rename the lane`,
        // It comes as far as the first service, and `lanes explain` says so.
        request: world.examples.find(
          rule === null ? [] : meshTrials(world, rule.view, rule.match, part.value),
          ({ outcome }) => outcome.kind === 'forward',
        ),
      })
    }
  },
}
