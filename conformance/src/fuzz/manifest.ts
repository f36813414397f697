/** What a manifest may hold: what YAML and JSON have in common. */
export type Value = string | number | boolean | null | readonly Value[] | Fields

/** An object of a manifest; an undefined field is left out. */
export interface Fields {
  readonly [key: string]: Value | undefined
}

/** A Kubernetes object as a user would write it. */
export interface Manifest extends Fields {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Metadata
  readonly spec?: Fields
}

interface Metadata extends Fields {
  readonly name: string
  readonly namespace?: string
}

/** `kind/namespace/name`, as messages name an object. */
export function nameOf({ kind, metadata }: Manifest): string {
  return `${kind}/${metadata.namespace ?? ''}/${metadata.name}`
}
