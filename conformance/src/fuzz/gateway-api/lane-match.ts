import type { Fields } from '../manifest.ts'
import { laneHeader, laneRegexes, laneValues } from '../names.ts'
import type { Random } from '../random.ts'

export function laneMatch(random: Random): Fields {
  return random.chance(0.85)
    ? { name: laneHeader, value: random.pick(laneValues.slice(0, 4)) }
    : { name: laneHeader, type: 'RegularExpression', value: random.pick(laneRegexes) }
}
