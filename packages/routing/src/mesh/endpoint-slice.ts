import {
  attempt,
  child,
  isPresent,
  readBoolean,
  readList,
  readOptionalPort,
  readStrings,
  readText,
  rootOf,
} from '../manifest/read.ts'
import type { Field, Report } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'

/** A Kubernetes EndpointSlice: addresses of a Service that somebody keeps by hand. */
export interface EndpointSlice {
  readonly namespace: string
  /** The Service's name (label `kubernetes.io/service-name`). */
  readonly service: string
  readonly endpoints: readonly SliceEndpoint[]
  /** By the name of the Service's port. */
  readonly ports: readonly { readonly name: string; readonly port: number }[]
}

interface SliceEndpoint {
  readonly addresses: readonly string[]
  readonly isReady: boolean
  /** The pod that answers there, where one is named. */
  readonly pod: string | null
}

/** Reads an EndpointSlice; null for one that is no Service's, or that holds names in place of addresses. */
export function readEndpointSlice(resource: Resource, report: Report): EndpointSlice | null {
  const root = rootOf(resource, report)
  const service = resource.labels['kubernetes.io/service-name'] ?? ''
  if (service === '' || readText(child(root, 'addressType')) === 'FQDN') return null
  return {
    namespace: resource.namespace,
    service,
    endpoints: readList(child(root, 'endpoints')).flatMap((endpoint) => {
      const read = attempt(() => readEndpoint(endpoint))
      return read === undefined ? [] : [read]
    }),
    ports: readList(child(root, 'ports')).map((port) => ({
      name: readText(child(port, 'name')) ?? '',
      port: readOptionalPort(child(port, 'port')) ?? 0,
    })),
  }
}

function readEndpoint(field: Field): SliceEndpoint {
  const target = child(field, 'targetRef')
  const isPod = isPresent(target) && readText(child(target, 'kind')) === 'Pod'
  return {
    addresses: readStrings(child(field, 'addresses')),
    isReady: readBoolean(child(child(field, 'conditions'), 'ready'), true),
    pod: isPod ? (readText(child(target, 'name')) ?? '') : null,
  }
}
