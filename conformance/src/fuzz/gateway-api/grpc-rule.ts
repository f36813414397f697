import type { Fields } from '../manifest.ts'
import type { Names } from '../names.ts'
import type { Random } from '../random.ts'
import { laneMatch } from './lane-match.ts'
import { backendRefs } from './backend.ts'

export function grpcRule(random: Random, names: Names, namespace: string): Fields {
  return {
    matches: random.chance(0.7)
      ? [
          {
            method: random.weighted<Fields | undefined>([
              [2, undefined],
              [2, { service: 'shop.Reviews', method: 'List' }],
              [1, { service: 'shop.Reviews' }],
              [1, { type: 'RegularExpression', service: 'shop[.].*', method: 'L.*' }],
            ]),
            headers: random.chance(0.5) ? [laneMatch(random)] : undefined,
          },
        ]
      : undefined,
    backendRefs: backendRefs(random, names, namespace),
  }
}
