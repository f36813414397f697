import type { Resource } from '../../manifest/resource.ts'
import { serviceHost } from '../../mesh/host.ts'
import { Part } from '../part.ts'

/** A Gateway API HTTPRoute. */
export interface HttpRouteView {
  readonly resource: Resource
  readonly spec: Part
  /** The Services that it is attached to, by host; empty where its parents are Gateways. */
  readonly services: readonly {
    readonly host: string
    readonly port: number | null
    readonly part: Part
  }[]
  readonly rules: readonly HttpRouteRuleView[]
}

export interface HttpRouteRuleView {
  readonly part: Part
  readonly index: number
  /** Empty: every request matches. */
  readonly matches: readonly Part[]
  readonly backends: readonly {
    readonly host: string
    readonly port: number | null
    readonly part: Part
  }[]
}

export function readHttpRouteView(resource: Resource): HttpRouteView {
  const spec = Part.of(resource).get('spec')
  return {
    resource,
    spec,
    services: spec
      .get('parentRefs')
      .list()
      .flatMap((part) => readServiceRef(part, resource, null)),
    rules: spec
      .get('rules')
      .list()
      .map((part, index) => ({
        part,
        index,
        matches: part.get('matches').list(),
        backends: part
          .get('backendRefs')
          .list()
          .flatMap((entry) => readServiceRef(entry, resource, 'Service')),
      })),
  }
}

/** A reference to a Service; `kind` is what an absent kind means. */
function readServiceRef(
  part: Part,
  { namespace }: Resource,
  kind: string | null,
): { host: string; port: number | null; part: Part }[] {
  const name = part.get('name').text
  const isCore = (part.get('group').text ?? '') === ''
  if (name === null || !isCore || (part.get('kind').text ?? kind) !== 'Service') return []
  const host = serviceHost(name, part.get('namespace').text ?? namespace)
  return [{ host, port: part.get('port').number, part }]
}
