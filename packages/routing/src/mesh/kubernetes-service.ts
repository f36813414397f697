import {
  child,
  fail,
  isPresent,
  readBoolean,
  readList,
  readOptionalString,
  readPort,
  readStringMap,
  readStrings,
  readText,
  rootOf,
} from '../manifest/read.ts'
import type { Field, Report } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'
import { readCreation } from './age.ts'
import { serviceHost } from './host.ts'
import type { MeshConfig } from './mesh-config.ts'
import { declaredProtocol } from './protocol.ts'
import type { Service, ServicePort } from './service.ts'
import { readServiceExport } from './visibility.ts'

/** Reads a Kubernetes Service (istio: pilot/pkg/serviceregistry/kube/conversion.go, ConvertService). */
export function readService(resource: Resource, report: Report, config: MeshConfig): Service {
  const { name, namespace } = resource
  const spec = child(rootOf(resource, report), 'spec')
  const type = readOptionalString(child(spec, 'type'))
  const externalName = type === 'ExternalName' ? readText(child(spec, 'externalName')) : null
  const listed = readStrings(child(spec, 'clusterIPs'))
  const clusterIp = readText(child(spec, 'clusterIP')) ?? listed[0] ?? null
  const isHeadless = clusterIp === 'None'
  const selector = readStringMap(child(spec, 'selector'))
  const addresses = [clusterIp ?? '', ...listed].filter((one) => one !== 'None' && one !== '')
  return {
    host: serviceHost(name, namespace),
    name,
    namespace,
    registry: 'kubernetes',
    type: isHeadless ? 'headless' : externalName === null ? 'ClusterIP' : 'ExternalName',
    resolution: isHeadless ? 'passthrough' : externalName === null ? 'registry' : 'alias',
    addresses: [...new Set(addresses)],
    hasAssignedAddress: false,
    externalName,
    aliases: [],
    selector: Object.keys(selector).length === 0 || externalName !== null ? null : selector,
    ports: readList(child(spec, 'ports')).map((port) => readServicePort(port)),
    exportTo: [],
    visibility: readServiceExport(resource, config.defaultServiceExportTo),
    isExternal: externalName !== null,
    publishesNotReady: readBoolean(child(spec, 'publishNotReadyAddresses')),
    // Istio's own objects without a date get one from whoever applies them; a Service here gets none.
    createdAt: readCreation(resource, report, -Infinity),
    resource,
  }
}

function readServicePort(field: Field): ServicePort {
  const port = readPort(child(field, 'port'))
  const name = readText(child(field, 'name'))
  const transport = readText(child(field, 'protocol')) ?? 'TCP'
  return {
    name,
    port,
    transport,
    targetPort: readTargetPort(child(field, 'targetPort')) ?? port,
    protocol: declaredProtocol({
      port,
      name,
      transport,
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
