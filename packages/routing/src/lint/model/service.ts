import type { Resource } from '../../manifest/resource.ts'
import { serviceHost } from '../../mesh/host.ts'
import type { Labels } from '../../mesh/labels.ts'
import { declaredProtocol } from '../../mesh/protocol.ts'
import type { Protocol } from '../../mesh/protocol.ts'
import { Part } from '../part.ts'

/** A Kubernetes Service. */
export interface ServiceView {
  /** `testbbb.test-istio.svc.cluster.local`. */
  readonly host: string
  readonly name: string
  readonly namespace: string
  readonly resource: Resource
  readonly type: string
  /** null: it selects nothing; its endpoints come from elsewhere. */
  readonly selector: Labels | null
  readonly ports: readonly ServicePortView[]
}

interface ServicePortView {
  readonly port: number
  readonly name: string | null
  readonly appProtocol: string | null
  readonly protocol: Protocol
  readonly part: Part
}

export function readServiceView(resource: Resource): ServiceView {
  const spec = Part.of(resource).get('spec')
  const selector = spec.get('selector').labels()
  return {
    host: serviceHost(resource.name, resource.namespace),
    name: resource.name,
    namespace: resource.namespace,
    resource,
    type: spec.get('type').text ?? 'ClusterIP',
    selector: Object.keys(selector).length === 0 ? null : selector,
    ports: spec
      .get('ports')
      .list()
      .map((part) => readPort(part)),
  }
}

function readPort(part: Part): ServicePortView {
  const port = part.get('port').number ?? 0
  const name = part.get('name').text
  const appProtocol = part.get('appProtocol').text
  const transport = part.get('protocol').text ?? 'TCP'
  const protocol = declaredProtocol({ port, name, transport, appProtocol })
  return { port, name, appProtocol, protocol, part }
}
