import { child, readOptionalPort, readOptionalString, readString } from '../manifest/read.ts'
import type { Field } from '../manifest/read.ts'

/** The group of the Gateway API's own kinds. */
export const gatewayApiGroup = 'gateway.networking.k8s.io'

/** A reference to an object, with the API server's defaults in place. */
export interface Reference {
  /** `''` for Kubernetes' core kinds. */
  readonly group: string
  readonly kind: string
  readonly name: string
  /** null: that of whoever refers. */
  readonly namespace: string | null
  readonly port: number | null
  readonly field: Field
}

/** Reads a reference; `group` and `kind` are what it means where it says nothing. */
export function readReference(field: Field, group: string, kind: string): Reference {
  return {
    group: readOptionalString(child(field, 'group')) ?? group,
    kind: readOptionalString(child(field, 'kind')) ?? kind,
    name: readString(child(field, 'name')),
    namespace: readOptionalString(child(field, 'namespace')),
    port: readOptionalPort(child(field, 'port')),
    field,
  }
}

/** A reference of a route to what it attaches to. */
export interface ParentReference extends Reference {
  readonly sectionName: string | null
}

/** Reads an entry of `parentRefs`. */
export function readParentReference(field: Field): ParentReference {
  return {
    ...readReference(field, gatewayApiGroup, 'Gateway'),
    sectionName: readOptionalString(child(field, 'sectionName')),
  }
}
