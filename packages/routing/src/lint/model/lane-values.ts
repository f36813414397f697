import type { Part } from '../part.ts'
import type { World } from '../world.ts'
import { laneMatchOf, routeLaneOf } from './lane-match.ts'

/** A place where a manifest says a lane. */
export interface LaneValue {
  readonly part: Part
  readonly where: 'match' | 'set' | 'add'
}

/** Every lane that a VirtualService or an HTTPRoute matches exactly, or writes into requests. */
export function laneValues(world: World): LaneValue[] {
  const { laneHeader } = world
  const found: LaneValue[] = []
  for (const { http } of world.virtualServices()) {
    for (const { part, matches } of http) {
      for (const match of matches) {
        const lane = laneMatchOf(match, laneHeader)
        if (lane?.kind === 'exact') found.push({ part: lane.part, where: 'match' })
      }
      for (const block of [part, ...part.get('route').list()]) {
        for (const where of ['set', 'add'] as const) {
          for (const [name, value] of block.get('headers', 'request', where).entries()) {
            if (name.toLowerCase() === laneHeader) found.push({ part: value, where })
          }
        }
      }
    }
  }
  for (const { rules } of world.httpRoutes()) {
    for (const { part, matches } of rules) {
      for (const match of matches) {
        const lane = routeLaneOf(match, laneHeader)
        if (lane?.kind === 'exact') found.push({ part: lane.part, where: 'match' })
      }
      for (const filter of part.get('filters').list()) {
        for (const where of ['set', 'add'] as const) {
          for (const header of filter.get('requestHeaderModifier', where).list()) {
            if (header.get('name').text?.toLowerCase() === laneHeader)
              found.push({ part: header.get('value'), where })
          }
        }
      }
    }
  }
  return found
}
