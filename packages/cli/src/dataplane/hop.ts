import type { Decision, Request } from '@traffic-lanes/routing'
import type { AccessLogEntry } from './access-log.ts'
import type { Balancer } from './balancer.ts'
import type { Upstreams } from './upstream/index.ts'

/** What the requests of one listener share. */
export interface Hop {
  readonly decide: (request: Request) => Decision
  readonly onRequest: ((entry: AccessLogEntry) => void) | undefined
  /** Holds the connections to the endpoints. */
  readonly upstreams: Upstreams
  readonly balancer: Balancer
  /** Whether a destination out of the mesh is reached as it is. */
  readonly leavesMesh: boolean
  /** Whether the listener is closing: responses then end their connection. */
  isClosing(): boolean
  /** Called after each response while closing. */
  onIdle(): void
}
