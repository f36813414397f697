import type { Resource } from '../../manifest/resource.ts'
import { resolveGateway, resolveHost } from '../../mesh/host.ts'
import { Part } from '../part.ts'

/** An Istio VirtualService. */
export interface VirtualServiceView {
  readonly resource: Resource
  readonly spec: Part
  readonly hosts: readonly HostView[]
  /** `mesh` or `NAMESPACE/NAME`; `[mesh]` where the manifest names none. */
  readonly gateways: readonly string[]
  readonly http: readonly HttpRuleView[]
}

/** A host as written and as Istio completes it. */
interface HostView {
  readonly written: string
  readonly host: string
  readonly part: Part
}

/** One `http[]` entry. */
export interface HttpRuleView {
  readonly part: Part
  readonly index: number
  readonly name: string | null
  /** Empty: every request matches. */
  readonly matches: readonly Part[]
  readonly destinations: readonly DestinationView[]
}

/** A `destination`, of a route or a mirror. */
export interface DestinationView extends HostView {
  /** The `destination` object. */
  readonly destination: Part
  readonly subset: string | null
  readonly port: number | null
}

export function readVirtualServiceView(resource: Resource): VirtualServiceView {
  const { namespace } = resource
  const spec = Part.of(resource).get('spec')
  const gateways = spec.get('gateways').texts()
  return {
    resource,
    spec,
    hosts: spec
      .get('hosts')
      .list()
      .map((part) => readHost(part, namespace)),
    gateways:
      gateways.length === 0 ? ['mesh'] : gateways.map((one) => resolveGateway(one, namespace)),
    http: spec
      .get('http')
      .list()
      .map((part, index) => ({
        part,
        index,
        name: part.get('name').text,
        matches: part.get('match').list(),
        destinations: part
          .get('route')
          .list()
          .map((entry) => readDestination(entry.get('destination'), namespace)),
      })),
  }
}

/** Reads a `destination` object. */
export function readDestination(destination: Part, namespace: string): DestinationView {
  return {
    ...readHost(destination.get('host'), namespace),
    destination,
    subset: destination.get('subset').text,
    port: destination.get('port', 'number').number,
  }
}

/** How a rule is called in messages: `"release-v1"`, or `#2` counted from 0. */
export function ruleName({ name, index }: HttpRuleView): string {
  return name === null ? `#${index}` : JSON.stringify(name)
}

function readHost(part: Part, namespace: string): HostView {
  const written = part.text ?? ''
  return { written, host: resolveHost(written, namespace), part }
}
