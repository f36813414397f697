export type { AccessFlag, AccessLogEntry } from './access-log.ts'
export { createDataplane } from './dataplane.ts'
export type { Dataplane } from './dataplane.ts'
export type { Listener } from './listener.ts'
