import { AssertionError } from 'node:assert'
import type { LaneCall } from './call.ts'

/**
 * Asserts of all calls that a watch or a fake upstream has seen: each that went to a destination which may have
 * the lane carried this one, and no other carried any.
 *
 * @param seen What `watchLanes` or `startUpstream` answered.
 * @param lane The lane; null where no call is to carry one.
 * @throws AssertionError that lists the calls which did not; also where there was no call at all.
 *
 * @example
 * expectLanes(watch, 'release-v1')
 */
export function expectLanes(
  seen: { readonly calls: readonly LaneCall[] },
  lane: string | null,
): void {
  const wrong = seen.calls.flatMap((call) => complaintOf(call, lane) ?? [])
  if (wrong.length === 0 && seen.calls.length > 0) return
  const message =
    wrong.length === 0
      ? 'Expected calls that carry a lane or not, but none was made'
      : `${wrong.length} of ${seen.calls.length} calls ${wrong.length === 1 ? 'is' : 'are'} wrong:\n${wrong.map((each) => `  ${each}`).join('\n')}`
  throw new AssertionError({ message, stackStartFn: expectLanes })
}

function complaintOf(
  { method, url, lane, internal, reason }: LaneCall,
  wanted: string | null,
): string | undefined {
  const carried = lane === undefined ? 'no lane' : JSON.stringify(lane)
  const call = `${method} ${url}`
  if (!internal) {
    return lane === undefined
      ? undefined
      : `${call} carried ${carried}, which must not leave: ${reason}`
  }
  if (lane === (wanted ?? undefined)) return undefined
  const right = wanted === null ? 'no lane' : JSON.stringify(wanted)
  return `${call} carried ${carried}, expected ${right}`
}
