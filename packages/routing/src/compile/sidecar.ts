import { dnsNames } from '../mesh/dns.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { isHttp } from '../mesh/protocol.ts'
import { tcpPorts } from '../mesh/service.ts'
import type { Service, ServicePort } from '../mesh/service.ts'
import { isVisibleIn } from '../mesh/visibility.ts'
import { anyAddress, clusterName, listenerName } from './proxy-config.ts'
import type {
  DialledService,
  Listener,
  ProxyConfig,
  RouteConfig,
  VirtualHost,
} from './proxy-config.ts'
import type { Proxy } from './proxy.ts'
import { buildVirtualHosts } from './sidecar-virtual-hosts.ts'
import { allowAny, routeConfig } from './virtual-host.ts'

/** What a sidecar is configured with for the traffic that its workload sends. */
export function compileSidecar(mesh: Mesh, proxy: Proxy): Omit<ProxyConfig, 'proxy' | 'clusters'> {
  const services = mesh.services.filter(({ visibility }) =>
    isVisibleIn(visibility, proxy.namespace),
  )
  const listeners = new Map<string, Listener>()
  const shared = new Map<number, Listener>()
  const routeConfigs = new Map<string, RouteConfig>()
  const dialled = new Map<string, DialledService>()
  const virtualHosts = buildVirtualHosts(mesh, proxy, services)
  for (const service of services) {
    const own = new Map<number, Listener>()
    for (const port of tcpPorts(service)) {
      const listener = buildListener(service, port)
      listeners.set(listener.name, listener)
      const isShared = isHttp(port.protocol)
      if (isShared) shared.set(port.port, listener)
      else own.set(port.port, listener)
      const { routeConfig: name } = listener
      if (name === null || routeConfigs.has(name)) continue
      const known = virtualHosts.get(port.port) ?? []
      const visible = isShared ? [...known, allowAny] : sniffedHosts(service, known)
      routeConfigs.set(name, routeConfig(name, visible))
    }
    for (const name of [...dnsNames(service, proxy.namespace), ...service.addresses]) {
      if (!dialled.has(name)) dialled.set(name, { host: service.host, listeners: own })
    }
  }
  return { listeners, shared, routeConfigs, dialled }
}

/**
 * HTTP ports share a listener on every address, where Host tells the Services apart. Any other port has a
 * listener of its own at the Service's address (istio: listener.go, buildSidecarOutboundListener).
 */
function buildListener(service: Service, { port, protocol }: ServicePort): Listener {
  if (isHttp(protocol)) {
    const name = listenerName(anyAddress, port)
    return { name, port, routeConfig: String(port), tcpCluster: 'PassthroughCluster' }
  }
  return {
    name: listenerName(addressOf(service), port),
    port,
    routeConfig: protocol === 'auto' ? `${service.host}:${port}` : null,
    tcpCluster: clusterName(service.host, port, null),
  }
}

/**
 * A sniffed port knows where the connection went, and so ignores Host: of the port's virtual hosts only the
 * Service's own is left, for any domain (istio: httproute.go, getVirtualHostsForSniffedServicePort).
 */
function sniffedHosts({ host }: Service, virtualHosts: readonly VirtualHost[]): VirtualHost[] {
  const own = virtualHosts.filter(({ domains }) => domains.includes(host))
  return own.length === 1 ? own.map((one) => ({ ...one, domains: ['*'] })) : own
}

/** Manifests hold no ClusterIP, so that the name stands for it. */
function addressOf({ addresses, host }: Service): string {
  return addresses[0] ?? host
}
