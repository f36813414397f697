import type { Part } from '../part.ts'
import type { World } from '../world.ts'
import { laneMatchOf, routeLaneOf } from './lane-match.ts'
import type { VirtualServiceView } from './virtual-service.ts'

/** A place where a manifest says a lane. */
export interface LaneValue {
  readonly part: Part
  readonly where: 'match' | 'set' | 'add'
  /** The VirtualService, and a match under which it says so; null: another kind. */
  readonly rule: { readonly view: VirtualServiceView; readonly match: Part | undefined } | null
}

/** Every lane that a VirtualService or an HTTPRoute matches exactly, or writes into requests. */
export function laneValues(world: World): LaneValue[] {
  const { laneHeader } = world
  const found: LaneValue[] = []
  for (const view of world.virtualServices()) {
    for (const { part, matches } of view.http) {
      for (const match of matches) {
        const lane = laneMatchOf(match, laneHeader)
        if (lane?.kind === 'exact')
          found.push({ part: lane.part, where: 'match', rule: { view, match } })
      }
      for (const block of [part, ...part.get('route').list()]) {
        const headers = block.get('headers', 'request')
        if (!headers.exists) continue
        for (const where of ['set', 'add'] as const) {
          for (const [name, value] of headers.get(where).entries()) {
            if (name.toLowerCase() !== laneHeader) continue
            found.push({ part: value, where, rule: { view, match: matches[0] } })
          }
        }
      }
    }
  }
  for (const { rules } of world.httpRoutes()) {
    for (const { part, matches } of rules) {
      for (const match of matches) {
        const lane = routeLaneOf(match, laneHeader)
        if (lane?.kind === 'exact') found.push({ part: lane.part, where: 'match', rule: null })
      }
      for (const filter of part.get('filters').list()) {
        for (const where of ['set', 'add'] as const) {
          for (const header of filter.get('requestHeaderModifier', where).list()) {
            if (header.get('name').text?.toLowerCase() === laneHeader)
              found.push({ part: header.get('value'), where, rule: null })
          }
        }
      }
    }
  }
  return found
}
