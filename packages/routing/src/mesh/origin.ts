import { pathOf } from '../manifest/read.ts'
import type { Field } from '../manifest/read.ts'
import type { Path, Resource } from '../manifest/resource.ts'

/** Where a part of a rule is written: a delegate's rules stand in another resource than the hosts they serve. */
export interface Origin {
  readonly resource: Resource
  readonly path: Path
}

/** The place of a field. */
export function originOf(field: Field, resource: Resource): Origin {
  return { resource, path: pathOf(field) }
}
