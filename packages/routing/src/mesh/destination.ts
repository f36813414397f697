import { child, readOptionalPort, readString, readText } from '../manifest/read.ts'
import type { Field } from '../manifest/read.ts'
import { resolveHost } from './host.ts'

/** Where traffic is sent: `destination` of a route or mirror. */
export interface Destination {
  /**
   * As Istio completes it: `testbbb.test-istio.svc.cluster.local`. Empty: an invalid backend of a Gateway
   * API route, which has no cluster.
   */
  readonly host: string
  readonly port: number | null
  readonly subset: string | null
}

/** Reads a `destination`; short names are completed in `namespace`. */
export function readDestination(field: Field, namespace: string): Destination {
  return {
    host: resolveHost(readString(child(field, 'host')), namespace),
    port: readOptionalPort(child(child(field, 'port'), 'number')),
    subset: readText(child(field, 'subset')),
  }
}
