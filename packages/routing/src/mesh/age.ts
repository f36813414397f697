import { reportAt, rootOf, child } from '../manifest/read.ts'
import type { Report } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'
import { compareText } from './host.ts'

/** What Istio orders rules by. */
export interface Aged {
  readonly name: string
  readonly namespace: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
}

/**
 * The age of what is not applied yet: all of it is equally old, since one `kubectl apply` makes it.
 * Any fixed date does; only what is dated by hand is compared with it.
 */
const undated = Date.UTC(2020, 0, 1)

/**
 * Reads `metadata.creationTimestamp`; one that is no date is reported and counts as absent. `absent` is what
 * the manifest's silence means. Default: the age of all that is undated.
 */
export function readCreation(resource: Resource, report: Report, absent = undated): number {
  const { creationTimestamp } = resource
  if (creationTimestamp === null) return absent
  const time = Date.parse(creationTimestamp)
  if (!Number.isNaN(time)) return time
  const metadata = child(rootOf(resource, report), 'metadata')
  reportAt(
    child(metadata, 'creationTimestamp'),
    'bad-value',
    `metadata.creationTimestamp ${JSON.stringify(creationTimestamp)} is not a date like "2026-01-31T12:00:00Z"`,
  )
  return absent
}

/**
 * Orders the oldest first, then by name, then by namespace
 * (istio: pilot/pkg/model/config.go, configCompareByCreationTime).
 */
export function compareAge(a: Aged, b: Aged): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1
  return compareText(a.name, b.name) || compareText(a.namespace, b.namespace)
}
