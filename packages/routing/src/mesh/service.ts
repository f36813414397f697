import {
  reportNotModelled,
  child,
  readList,
  readOptionalString,
  readPort,
  readStringMap,
  readStrings,
  readText,
  rootOf,
  isPresent,
  fail,
} from '../manifest/read.ts'
import type { Field, Report } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'
import { serviceHost } from './host.ts'
import { declaredProtocol } from './protocol.ts'
import type { Protocol } from './protocol.ts'
import { readServiceExport } from './visibility.ts'
import type { Visibility } from './visibility.ts'

/** A Kubernetes Service. */
export interface Service {
  /** `testbbb.test-istio.svc.cluster.local`. */
  readonly host: string
  readonly name: string
  readonly namespace: string
  /** `headless`: its name resolves to the pods' own addresses, and so the client picks the pod. */
  readonly type: 'ClusterIP' | 'headless'
  /** The ClusterIPs that the manifest writes down; mostly none, since the cluster assigns them. */
  readonly addresses: readonly string[]
  /** null: a Service without a selector, whose endpoints no manifest of ours knows. */
  readonly selector: Readonly<Record<string, string>> | null
  readonly ports: readonly ServicePort[]
  /** Namespaces whose callers know the Service (annotation `networking.istio.io/exportTo`). */
  readonly visibility: Visibility
  readonly resource: Resource
}

/** A port of a Service. */
export interface ServicePort {
  readonly name: string | null
  readonly port: number
  /** A number, or the name of a container port. */
  readonly targetPort: number | string
  readonly protocol: Protocol
}

/** The ports that Istio has a say in: it leaves UDP alone. */
export function tcpPorts({ ports }: Service): ServicePort[] {
  return ports.filter(({ protocol }) => protocol !== 'udp')
}

/** Reads a Service; null for an ExternalName, which is an alias and has no endpoints of its own. */
export function readService(resource: Resource, report: Report): Service | null {
  const spec = child(rootOf(resource, report), 'spec')
  const type = readOptionalString(child(spec, 'type'))
  if (type === 'ExternalName') {
    reportNotModelled(child(spec, 'type'), 'type ExternalName')
    return null
  }
  const clusterIp = readText(child(spec, 'clusterIP'))
  const addresses = [clusterIp ?? '', ...readStrings(child(spec, 'clusterIPs'))]
  const selector = readStringMap(child(spec, 'selector'))
  return {
    host: serviceHost(resource.name, resource.namespace),
    name: resource.name,
    namespace: resource.namespace,
    type: clusterIp === 'None' ? 'headless' : 'ClusterIP',
    addresses: [...new Set(addresses.filter((one) => one !== 'None' && one !== ''))],
    selector: Object.keys(selector).length === 0 ? null : selector,
    ports: readList(child(spec, 'ports')).map((port) => readServicePort(port)),
    visibility: readServiceExport(resource),
    resource,
  }
}

function readServicePort(field: Field): ServicePort {
  const port = readPort(child(field, 'port'))
  const name = readText(child(field, 'name'))
  return {
    name,
    port,
    targetPort: readTargetPort(child(field, 'targetPort')) ?? port,
    protocol: declaredProtocol({
      port,
      name,
      transport: readText(child(field, 'protocol')) ?? 'TCP',
      appProtocol: readOptionalString(child(field, 'appProtocol')),
    }),
  }
}

function readTargetPort(field: Field): number | string | null {
  if (!isPresent(field)) return null
  if (typeof field.value === 'string' && field.value !== '') return field.value
  if (typeof field.value === 'number') return readPort(field)
  return fail(field, 'a port number or the name of a container port')
}
