import type { Check } from '../check.ts'
import { laneMatchOf } from '../model/lane-match.ts'
import type { Part } from '../part.ts'

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

/** A placeholder is a value like any other: it matches "present", and travels on. */
export const sentinelLane: Check = {
  codes: ['TL001'],
  run(world, report) {
    const check = (part: Part, what: string): void => {
      if (typeof part.value !== 'string' || !sentinels.has(part.value.toLowerCase())) return
      const value = JSON.stringify(part.value)
      report({
        code: 'TL001',
        at: part,
        message: `${what} ${value} as a lane; the mesh takes it for one. Where there is no lane, send no ${world.laneHeader} at all`,
      })
    }
    for (const rule of world.virtualServices()) {
      for (const entry of rule.http) {
        for (const match of entry.matches) {
          const lane = laneMatchOf(match, world.laneHeader)
          if (lane?.kind === 'exact') check(lane.part, 'this route matches')
        }
        const blocks = [entry.part, ...entry.part.get('route').list()]
        for (const block of blocks) {
          for (const verb of ['set', 'add']) {
            for (const [name, part] of block.get('headers', 'request', verb).entries()) {
              if (name.toLowerCase() === world.laneHeader) check(part, 'this route sends')
            }
          }
        }
      }
    }
    for (const workload of world.workloads()) {
      const part = workload.template.get('metadata', 'labels', world.versionLabel)
      check(part, `label ${world.versionLabel} has`)
    }
  },
}
