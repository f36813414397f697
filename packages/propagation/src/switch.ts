import type { Propagator } from './propagator.ts'

/** A propagator that can be switched off. */
export interface Switchable {
  readonly propagator: Propagator
  switchOff(this: void): void
}

/**
 * The same propagator until it is switched off; from then on it puts nothing on and takes nothing off. What somebody
 * has wrapped in the meantime cannot be put back, and stays in its place.
 */
export function createSwitch(given: Propagator): Switchable {
  let isOn = true
  const inject: Propagator['inject'] = (...args) => isOn && given.inject(...args)
  const strip: Propagator['strip'] = (...args) => isOn && given.strip(...args)
  const currentLane = (): string | undefined => (isOn ? given.currentLane() : undefined)
  const outboundLane = (): string | undefined => (isOn ? given.outboundLane() : undefined)
  return {
    propagator: Object.freeze({ ...given, inject, strip, currentLane, outboundLane }),
    switchOff: () => {
      isOn = false
    },
  }
}
