import type { Check } from '../check.ts'
import { meshTrials } from '../model/trial.ts'

/** Words that stand for "none" in some programs and are lanes to the mesh. */
const sentinels: ReadonlySet<string> = new Set([
  '',
  '-',
  'default',
  'empty',
  'false',
  'nil',
  'none',
  'null',
  'undefined',
  'unknown',
])

/** A word for "none" is a value like any other: it matches "present", and travels on. */
export const sentinelLane: Check = {
  codes: ['TL001'],
  run(world, report) {
    const labels = world.workloads().map(({ template }) => ({
      part: template.get('metadata', 'labels', world.versionLabel),
      where: 'label' as const,
      rule: null,
    }))
    for (const { part, where, rule } of [...world.laneValues(), ...labels]) {
      if (typeof part.value !== 'string' || !sentinels.has(part.value.toLowerCase())) continue
      report({
        code: 'TL001',
        at: part,
        message: `${says[where]} ${JSON.stringify(part.value)} as a lane, and the mesh takes it for one. Where there is no lane, send no ${world.laneHeader} at all`,
        request:
          rule === null || where !== 'match' || part.text === null
            ? null
            : world.examples.find(
                meshTrials(world, rule.view, rule.match, part.text),
                ({ route }) => route?.origin?.resource === rule.view.resource.id,
              ),
      })
    }
  },
}

const says = {
  match: 'this route matches',
  set: 'this route sends',
  add: 'this route sends',
  label: 'these pods have',
} as const
