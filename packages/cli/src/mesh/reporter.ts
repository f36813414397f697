import type { Diagnostic, Proxy, Workload } from '@traffic-lanes/routing'
import type { AccessLogEntry } from '../dataplane/index.ts'
import type { CliError } from '../errors.ts'
import type { Attached } from './plan.ts'

/** What happens in the mesh, for whoever prints it. */
export interface Reporter {
  readonly log: (workload: Workload, line: string) => void
  readonly diagnostic: (diagnostic: Diagnostic) => void
  readonly listening: (gateway: string, port: number, local: number) => void
  readonly ready: (workload: Workload, instance: ReadyInstance) => void
  /** `environment` is what the attached process needs to send through the mesh. */
  readonly attached: (
    workload: Workload,
    address: Attached,
    environment: Readonly<Record<string, string>>,
  ) => void
  readonly stopped: (workload: Workload, why: string) => void
  /** A process died, or its replacement did not start. */
  readonly failed: (error: CliError) => void
  readonly request: (proxy: Proxy, entry: AccessLogEntry) => void
}

export interface ReadyInstance {
  readonly host: string
  readonly port: number
  readonly pid: number | undefined
  /** Milliseconds from start to readiness. */
  readonly ms: number
}
