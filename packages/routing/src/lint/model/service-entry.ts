import type { Resource } from '../../manifest/resource.ts'
import type { Labels } from '../../mesh/labels.ts'
import { Part } from '../part.ts'

/** An Istio ServiceEntry. */
export interface ServiceEntryView {
  readonly resource: Resource
  readonly spec: Part
  readonly hosts: readonly string[]
  readonly ports: readonly {
    readonly number: number
    readonly protocol: string
    readonly part: Part
  }[]
  readonly exportTo: readonly string[]
  readonly workloadSelector: Labels
}

export function readServiceEntryView(resource: Resource): ServiceEntryView {
  const spec = Part.of(resource).get('spec')
  return {
    resource,
    spec,
    hosts: spec.get('hosts').texts(),
    ports: spec
      .get('ports')
      .list()
      .map((part) => ({
        number: part.get('number').number ?? 0,
        protocol: part.get('protocol').text ?? '',
        part,
      })),
    exportTo: spec.get('exportTo').texts(),
    workloadSelector: spec.get('workloadSelector', 'labels').labels(),
  }
}
