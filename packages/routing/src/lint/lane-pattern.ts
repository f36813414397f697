/**
 * What the SDK takes for a lane: a copy of `LANE_PATTERN` in packages/propagation/src/value.ts, which the
 * engine does not depend on. A test holds the two together.
 */
export const lanePattern = /^[A-Za-z0-9]([-._A-Za-z0-9/]{0,251}[A-Za-z0-9])?$/

/** Whether the SDK carries the value on. Blanks around it are no part of it. */
export function isCarried(value: string): boolean {
  return lanePattern.test(value.replaceAll(/^[ \t]+|[ \t]+$/g, ''))
}
