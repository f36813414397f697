export {
  bind,
  bindEmitter,
  counters,
  currentLane,
  explain,
  extract,
  inject,
  run,
  snapshot,
} from './default.ts'
export { createPropagator } from './create-propagator.ts'
export type { Snapshot } from './bind.ts'
export type { Carrier, Getter, Setter } from './carrier.ts'
export type { Counters, DropReason } from './counters.ts'
export type { PropagatorOption } from './default.ts'
export type { Decision } from './decisions.ts'
export type { Explanation, Target } from './destination.ts'
export type { InboundRequest, Trust } from './edge.ts'
export type { EmitterLike } from './emitter.ts'
export type { PropagatorOptions } from './options.ts'
export type { InjectOptions, Lane, Propagator } from './propagator.ts'
export type { LaneRecord } from './store.ts'
// Left out on purpose: the store, which has one user, and any way to enter a scope without leaving it.
