import type { Fault } from '../decision.ts'
import type { FaultPolicy } from '../mesh/fault.ts'

/** Draws whether a request is hit. Envoy draws the delay first, and the abort once that is over. */
export function drawFault({ delay, abort }: FaultPolicy, random: () => number): Fault {
  return {
    delay: delay === null ? null : { ...delay, hit: isHit(delay.percent, random) },
    abort: abort === null ? null : { ...abort, hit: isHit(abort.percent, random) },
  }
}

/** Istio hands percentages over as whole millionths (istio: route.go, translatePercentToFractionalPercent). */
function isHit(percent: number, random: () => number): boolean {
  return Math.floor(random() * 1_000_000) < Math.floor(percent * 10_000)
}
