import { child, isPresent, readEntries, readStringMap, readText, rootOf } from '../manifest/read.ts'
import type { Field, Report } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'
import { readCreation } from './age.ts'
import type { Labels } from './labels.ts'

/** What a sidecar takes: plain text only, both, or mutual TLS only. */
export type InboundMode = 'DISABLE' | 'PERMISSIVE' | 'STRICT'

/** An Istio PeerAuthentication: what the sidecars of servers take. */
export interface PeerAuthentication {
  readonly name: string
  readonly namespace: string
  readonly createdAt: number
  /** The labels of the pods that it is for; none: all of its namespace, or of the mesh. */
  readonly selector: Labels
  /** null: what the next wider one says. */
  readonly mode: InboundMode | null
  /** By the port of the pod; null: `mode`. */
  readonly ports: ReadonlyMap<number, InboundMode | null>
  readonly resource: Resource
}

/** Reads a PeerAuthentication. */
export function readPeerAuthentication(resource: Resource, report: Report): PeerAuthentication {
  const { name, namespace } = resource
  const spec = child(rootOf(resource, report), 'spec')
  return {
    name,
    namespace,
    createdAt: readCreation(resource, report),
    selector: readStringMap(child(child(spec, 'selector'), 'matchLabels')),
    mode: readMode(child(spec, 'mtls')),
    ports: new Map(
      readEntries(child(spec, 'portLevelMtls')).map(([port, mtls]) => [
        Number(port),
        readMode(mtls),
      ]),
    ),
    resource,
  }
}

/** null: absent, or UNSET. What is no mode at all, the schema refuses. */
function readMode(mtls: Field): InboundMode | null {
  if (!isPresent(mtls)) return null
  const mode = readText(child(mtls, 'mode'))
  return mode === 'DISABLE' || mode === 'PERMISSIVE' || mode === 'STRICT' ? mode : null
}
