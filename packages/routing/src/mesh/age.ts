import { reportAt, rootOf, child } from '../manifest/read.ts'
import type { Report } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'
import { compareText } from './host.ts'

/** What Istio orders rules by. */
export interface Aged {
  readonly name: string
  readonly namespace: string
  /** Milliseconds since 1970; -Infinity where the manifest says nothing, which is older than any date. */
  readonly createdAt: number
}

/** Reads `metadata.creationTimestamp`; one that is no date is reported and counts as absent. */
export function readCreation(resource: Resource, report: Report): number {
  const { creationTimestamp } = resource
  if (creationTimestamp === null) return -Infinity
  const time = Date.parse(creationTimestamp)
  if (!Number.isNaN(time)) return time
  const metadata = child(rootOf(resource, report), 'metadata')
  reportAt(
    child(metadata, 'creationTimestamp'),
    'bad-value',
    `metadata.creationTimestamp ${JSON.stringify(creationTimestamp)} is not a date like "2026-01-31T12:00:00Z"`,
  )
  return -Infinity
}

/**
 * Orders the oldest first, then by name, then by namespace
 * (istio: pilot/pkg/model/config.go, configCompareByCreationTime).
 */
export function compareAge(a: Aged, b: Aged): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1
  return compareText(a.name, b.name) || compareText(a.namespace, b.namespace)
}
