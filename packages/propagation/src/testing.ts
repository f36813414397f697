// For a team's own test suite; never for production.
export { expectLanes } from './testing/expect-lanes.ts'
export { startUpstream } from './testing/upstream.ts'
export { watchLanes } from './testing/watch.ts'
export type { LaneCall } from './testing/call.ts'
export type { FakeUpstream, FakeUpstreamOptions } from './testing/upstream.ts'
export type { LaneWatch } from './testing/watch.ts'
