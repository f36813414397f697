import type { Resource } from '../../manifest/resource.ts'
import { resolveHost } from '../../mesh/host.ts'
import type { Labels } from '../../mesh/labels.ts'
import { Part } from '../part.ts'

/** An Istio DestinationRule. */
export interface DestinationRuleView {
  readonly resource: Resource
  readonly spec: Part
  /** Completed; '' where the manifest names none. */
  readonly host: string
  readonly subsets: readonly SubsetView[]
}

export interface SubsetView {
  readonly name: string
  readonly labels: Labels
  readonly part: Part
}

export function readDestinationRuleView(resource: Resource): DestinationRuleView {
  const spec = Part.of(resource).get('spec')
  return {
    resource,
    spec,
    host: resolveHost(spec.get('host').text ?? '', resource.namespace),
    subsets: spec
      .get('subsets')
      .list()
      .map((part) => ({
        name: part.get('name').text ?? '',
        labels: part.get('labels').labels(),
        part,
      })),
  }
}
