import { numbered } from '../mesh/assign-addresses.ts'
import { serviceHost } from '../mesh/host.ts'
import type { MeshConfig } from '../mesh/mesh-config.ts'
import { declaredProtocol } from '../mesh/protocol.ts'
import type { Service, ServicePort } from '../mesh/service.ts'
import { exportedTo } from '../mesh/visibility.ts'
import type { Workload } from '../mesh/workload.ts'
import type { KubernetesGateway } from './kubernetes-gateway.ts'

const gatewayNameLabel = 'gateway.networking.k8s.io/gateway-name'

/**
 * The Service that istiod's controller makes for the nth Gateway, from 0
 * (istio: pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go; files/kube-gateway.yaml). Its address is
 * made up: `10.97.(n / 250).(n % 250 + 1)`.
 */
export function routerService(
  gateway: KubernetesGateway,
  index: number,
  config: MeshConfig,
): Service {
  const { name, namespace, routerName, resource } = gateway
  return {
    host: serviceHost(routerName, namespace),
    name: routerName,
    namespace,
    registry: 'kubernetes',
    type: 'ClusterIP',
    resolution: 'registry',
    addresses: [numbered('10.97', index)],
    hasAssignedAddress: true,
    externalName: null,
    aliases: [],
    selector: { [gatewayNameLabel]: name },
    ports: portsOf(gateway),
    exportTo: [],
    visibility: exportedTo([], namespace, config.defaultServiceExportTo),
    isExternal: false,
    publishesNotReady: false,
    createdAt: -Infinity,
    resource,
  }
}

/** The one pod behind it, at `10.3.(n / 250).(n % 250 + 1)`. */
export function routerPod(gateway: KubernetesGateway, index: number): Workload {
  const { name, namespace, className, routerName, resource } = gateway
  return {
    id: `gateway/${namespace}/${name}`,
    name: routerName,
    namespace,
    labels: {
      [gatewayNameLabel]: name,
      'gateway.networking.k8s.io/gateway-class-name': className,
      'service.istio.io/canonical-name': routerName,
      'service.istio.io/canonical-revision': 'latest',
    },
    replicas: 1,
    containerPorts: [],
    podName: `${routerName}-0`,
    address: numbered('10.3', index),
    hasAssignedAddress: true,
    isReady: true,
    hostname: null,
    subdomain: null,
    resource,
  }
}

/** One for each port number that a listener has, besides that of the probes (istio: extractServicePorts). */
function portsOf({ listeners }: KubernetesGateway): ServicePort[] {
  const ports = [servicePort('status-port', 15_021, 'tcp')]
  for (const { name, port, protocol } of listeners) {
    if (ports.slice(1).some((one) => one.port === port)) continue
    const wanted = name.replaceAll('.', '-').slice(0, 63)
    const isTaken = ports.some((one) => one.name === wanted)
    const suffix = `-${port}`
    const unique = isTaken ? wanted.slice(0, 63 - suffix.length) + suffix : wanted
    ports.push(servicePort(unique, port, protocol.toLowerCase()))
  }
  return ports
}

function servicePort(name: string, port: number, appProtocol: string): ServicePort {
  const protocol = declaredProtocol({ port, name, transport: 'TCP', appProtocol })
  return { name, port, targetPort: port, protocol, transport: 'TCP' }
}
