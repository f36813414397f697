import { child, readOptionalInteger } from '../manifest/read.ts'
import type { Field } from '../manifest/read.ts'
import { readBackendFilters } from './filters.ts'
import type { RouteFilters } from './filters.ts'
import { readReference } from './reference.ts'
import type { Reference } from './reference.ts'

/** One entry of `backendRefs`. */
export interface Backend {
  readonly reference: Reference
  readonly weight: number
  readonly filters: RouteFilters
}

/** Reads an entry of `backendRefs` with the API server's defaults. */
export function readBackend(field: Field): Backend {
  return {
    reference: readReference(field, '', 'Service'),
    weight: readOptionalInteger(child(field, 'weight'), 0, 1_000_000) ?? 1,
    filters: readBackendFilters(child(field, 'filters')),
  }
}
