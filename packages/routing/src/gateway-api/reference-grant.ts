import { child, readList, readOptionalString, readString, rootOf } from '../manifest/read.ts'
import type { Report } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'
import { gatewayApiGroup } from './reference.ts'

/** What a ReferenceGrant allows: routes of a kind and namespace may refer to objects of its own namespace. */
export interface ReferenceGrant {
  readonly fromKind: string
  readonly fromNamespace: string
  readonly toGroup: string
  readonly toKind: string
  /** The namespace of the grant. */
  readonly toNamespace: string
  /** null: every object of the kind. */
  readonly toName: string | null
}

/** Reads a ReferenceGrant: one grant for each pair of `from` and `to`. */
export function readReferenceGrant(resource: Resource, report: Report): ReferenceGrant[] {
  const spec = child(rootOf(resource, report), 'spec')
  const from = readList(child(spec, 'from')).flatMap((field) =>
    readString(child(field, 'group')) === gatewayApiGroup
      ? [
          {
            fromKind: readString(child(field, 'kind')),
            fromNamespace: readString(child(field, 'namespace')),
          },
        ]
      : [],
  )
  const to = readList(child(spec, 'to')).map((field) => ({
    toGroup: readOptionalString(child(field, 'group')) ?? '',
    toKind: readString(child(field, 'kind')),
    toNamespace: resource.namespace,
    toName: readOptionalString(child(field, 'name')),
  }))
  return from.flatMap(({ fromKind, fromNamespace }) =>
    to.map(({ toGroup, toKind, toNamespace, toName }) => ({
      fromKind,
      fromNamespace,
      toGroup,
      toKind,
      toNamespace,
      toName,
    })),
  )
}

/** Whether one of the grants allows the reference. */
export function isGranted(
  grants: readonly ReferenceGrant[],
  from: { readonly kind: string; readonly namespace: string },
  to: {
    readonly group: string
    readonly kind: string
    readonly namespace: string
    readonly name: string
  },
): boolean {
  return grants.some(
    (grant) =>
      grant.fromKind === from.kind &&
      grant.fromNamespace === from.namespace &&
      grant.toGroup === to.group &&
      grant.toKind === to.kind &&
      grant.toNamespace === to.namespace &&
      (grant.toName === null || grant.toName === to.name),
  )
}
