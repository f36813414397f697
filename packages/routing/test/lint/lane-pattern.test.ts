import { expect, it } from 'vitest'
import { LANE_PATTERN } from '../../../propagation/src/value.ts'
import { lanePattern } from '../../src/lint/lane-pattern.ts'

it('takes for a lane what the SDK takes for one', () => {
  expect(lanePattern).toEqual(LANE_PATTERN)
})
