import {
  child,
  isPresent,
  readList,
  readOptionalPort,
  readPort,
  readString,
  readStringMap,
  readStrings,
  readText,
  rootOf,
} from '../manifest/read.ts'
import type { Field, Report } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'
import { hostAddress, parseSubnet } from './address.ts'
import { readCreation } from './age.ts'
import type { Labels } from './labels.ts'
import type { MeshConfig } from './mesh-config.ts'
import { parseProtocol } from './protocol.ts'
import type { Resolution, Service, ServicePort } from './service.ts'
import { exportedTo } from './visibility.ts'
import { readWorkloadAddress } from './workload-entry.ts'
import type { WorkloadAddress } from './workload-entry.ts'

/** An Istio ServiceEntry: Services by host, and where they are. */
export interface ServiceEntry {
  readonly name: string
  readonly namespace: string
  readonly createdAt: number
  /** One for each pair of host and address. */
  readonly services: readonly Service[]
  readonly ports: readonly ServiceEntryPort[]
  readonly resolution: Resolution
  /** As written: `endpoints`. */
  readonly endpoints: readonly WorkloadAddress[]
  /** The WorkloadEntries and pods of its namespace that are its endpoints; null: those written down. */
  readonly workloadSelector: Labels | null
}

export interface ServiceEntryPort {
  readonly name: string
  readonly port: number
  /** null: the same. */
  readonly targetPort: number | null
}

/**
 * Reads a ServiceEntry. Each host is a Service of its own, and each of its addresses makes it one more
 * (istio: pilot/pkg/serviceregistry/serviceentry/conversion.go, convertServices).
 */
export function readServiceEntry(
  resource: Resource,
  report: Report,
  config: MeshConfig,
): ServiceEntry {
  const { name, namespace } = resource
  const spec = child(rootOf(resource, report), 'spec')
  const written = readList(child(spec, 'ports')).map((port) => readEntryPort(port))
  const resolution = readResolution(child(spec, 'resolution'))
  const selector = child(spec, 'workloadSelector')
  const workloadSelector = isPresent(selector) ? readStringMap(child(selector, 'labels')) : null
  const location = readText(child(spec, 'location'))
  const exportTo = readStrings(child(spec, 'exportTo'))
  const createdAt = readCreation(resource, report)
  const addresses = readStrings(child(spec, 'addresses')).flatMap((one) => oneAddress(one) ?? [])
  const shared = {
    namespace,
    registry: 'external' as const,
    type: 'ServiceEntry' as const,
    resolution,
    hasAssignedAddress: false,
    externalName: null,
    aliases: [],
    selector: workloadSelector,
    ports: written.map(({ service }) => service),
    exportTo,
    visibility: exportedTo(exportTo, namespace, config.defaultServiceExportTo),
    isExternal: location !== 'MESH_INTERNAL',
    publishesNotReady: false,
    createdAt,
    resource,
  }
  return {
    name,
    namespace,
    createdAt,
    services: readStrings(child(spec, 'hosts')).flatMap((host) =>
      (addresses.length === 0 ? [[]] : addresses.map((one) => [one])).map((own) =>
        ofHost(shared, host, own),
      ),
    ),
    ports: written.map(({ entry }) => entry),
    resolution,
    endpoints: readList(child(spec, 'endpoints')).map((entry) => readWorkloadAddress(entry)),
    workloadSelector,
  }
}

function ofHost(
  shared: Omit<Service, 'host' | 'name' | 'addresses'>,
  host: string,
  addresses: readonly string[],
): Service {
  return { ...shared, host, name: host, addresses }
}

function readEntryPort(field: Field): { service: ServicePort; entry: ServiceEntryPort } {
  const port = readPort(child(field, 'number'))
  const name = readString(child(field, 'name'))
  const targetPort = readOptionalPort(child(field, 'targetPort'))
  const protocol = parseProtocol(readText(child(field, 'protocol')) ?? '')
  return {
    service: { name, port, targetPort: targetPort ?? port, protocol, transport: 'TCP' },
    entry: { name, port, targetPort },
  }
}

/** A subnet of one address is that address; what is neither is passed over. */
function oneAddress(written: string): string | null {
  return hostAddress(written) ?? (parseSubnet(written) === null ? null : written)
}

/** A word that is none of them is the schema's to report. */
function readResolution(field: Field): Resolution {
  return resolutions.get(readText(field) ?? '') ?? 'passthrough'
}

const resolutions = new Map<string, Resolution>([
  ['NONE', 'passthrough'],
  ['STATIC', 'registry'],
  ['DNS', 'dns'],
  ['DNS_ROUND_ROBIN', 'dns-round-robin'],
  ['DYNAMIC_DNS', 'dynamic-dns'],
])
