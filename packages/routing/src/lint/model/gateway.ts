import type { Resource } from '../../manifest/resource.ts'
import type { Labels } from '../../mesh/labels.ts'
import { Part } from '../part.ts'

/** An Istio Gateway. */
export interface GatewayView {
  /** As VirtualServices name it: `NAMESPACE/NAME`. */
  readonly id: string
  readonly resource: Resource
  /** The labels of the pods that it configures; empty: every gateway. */
  readonly selector: Labels
  readonly servers: readonly ServerView[]
}

export interface ServerView {
  readonly part: Part
  readonly port: number
  /** In upper case. */
  readonly protocol: string
  /** As written: `*`, `aaa.example.com`, `test-istio/*`. */
  readonly hosts: readonly Part[]
}

export function readGatewayView(resource: Resource): GatewayView {
  const spec = Part.of(resource).get('spec')
  return {
    id: `${resource.namespace}/${resource.name}`,
    resource,
    selector: spec.get('selector').labels(),
    servers: spec
      .get('servers')
      .list()
      .map((part) => ({
        part,
        port: part.get('port', 'number').number ?? 0,
        protocol: (part.get('port', 'protocol').text ?? '').toUpperCase(),
        hosts: part.get('hosts').list(),
      })),
  }
}
