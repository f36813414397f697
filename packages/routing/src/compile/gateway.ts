import { isPlainHttp, passesTlsOn, routesHttp } from '../mesh/gateway.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Service } from '../mesh/service.ts'
import { buildGatewayListener, draftChain } from './chain.ts'
import type { ChainDraft } from './chain.ts'
import { gatewayConnectionChains } from './gateway-connections.ts'
import { buildGatewayRoutes } from './gateway-routes.ts'
import { mergeServers, TlsHosts } from './gateway-servers.ts'
import type { MergedPort } from './gateway-servers.ts'
import { anyAddress, listenerName } from './proxy-config.ts'
import type { Listener, ProxyConfig, RouteConfig } from './proxy-config.ts'
import type { Proxy } from './proxy.ts'
import { ServiceRegister } from './service-register.ts'
import { serviceTargets } from './service-targets.ts'
import { visibleServices } from './sidecar-scope.ts'

type Routing = Pick<ProxyConfig, 'listeners' | 'lastListener' | 'routeConfigs' | 'targetPorts'>

/**
 * What a router pod is configured with: a listener for each port of the servers that it has, where plain HTTP
 * is routed by Host, and TLS is told apart by the handshake's name
 * (istio: pilot/pkg/networking/core/gateway.go, buildGatewayListeners).
 */
export function compileGateway(mesh: Mesh, proxy: Proxy): Routing {
  const merged = mergeServers(mesh, proxy)
  const services = gatewayServices(mesh, proxy)
  const servicesByHost = new Map(services.map((service) => [service.host, service]))
  const context = { mesh, proxy, services, servicesByHost, tlsHosts: new TlsHosts() }
  const drafts = new Map<string, { port: number; address: string; chains: ChainDraft[] }>()
  for (const port of merged.ports) {
    const address = port.bind === '' ? anyAddress : port.bind
    const name = listenerName(address, port.port)
    const draft = drafts.get(name) ?? { port: port.port, address, chains: [] }
    drafts.set(name, draft)
    draft.chains.push(...chainsOf(port, context))
  }
  const listeners = new Map<number, { byAddress: Map<string, Listener>; any: Listener | null }>()
  for (const [name, { port, address, chains }] of drafts) {
    // A server without any rule has no listener.
    if (chains.length === 0) continue
    const known = listeners.get(port) ?? { byAddress: new Map(), any: null }
    listeners.set(port, known)
    const listener = buildGatewayListener(name, chains)
    if (address === anyAddress) known.any = listener
    else known.byAddress.set(address, listener)
  }
  const routeConfigs = new Map<string, RouteConfig>()
  for (const [name, servers] of merged.byRouteName) {
    routeConfigs.set(name, buildGatewayRoutes(name, servers, context))
  }
  return { listeners, lastListener: null, routeConfigs, targetPorts: targetPorts(mesh, proxy) }
}

/** The Services that a router knows; of one host the oldest counts (istio: DefaultSidecarScopeForGateway). */
export function gatewayServices(mesh: Mesh, { namespace }: Proxy): Service[] {
  const register = new ServiceRegister()
  for (const service of visibleServices(mesh.services, namespace)) register.add(service)
  return register.services()
}

/** For whom a router's configuration is made. */
export interface GatewayContext {
  readonly mesh: Mesh
  readonly proxy: Proxy
  readonly services: readonly Service[]
  readonly servicesByHost: ReadonlyMap<string, Service>
  readonly tlsHosts: TlsHosts
}

function chainsOf(port: MergedPort, context: GatewayContext): ChainDraft[] {
  const [first] = port.servers
  if (first !== undefined && isPlainHttp(first.server)) {
    return [draftChain({ kind: 'http', routeConfig: port.routeName, http10: false })]
  }
  return port.servers.flatMap((merged) => {
    const { server, routeName } = merged
    if (server.tls !== null && routesHttp(server) && !passesTlsOn(server)) {
      return [
        draftChain(
          { kind: 'http', routeConfig: routeName, http10: false },
          { endsTls: true, serverNames: serverNames(server.hosts) },
        ),
      ]
    }
    return gatewayConnectionChains(merged, port.port, context)
  })
}

/** The names by which a handshake asks for hosts, which may name the VirtualServices' namespace. */
export function serverNames(hosts: readonly string[]): string[] {
  return [...new Set(hosts.map((host) => host.slice(host.indexOf('/') + 1)))]
}

function targetPorts(mesh: Mesh, proxy: Proxy): Map<number, number> {
  const ports = new Map<number, number>()
  for (const { port, targetPort } of serviceTargets(mesh, proxy)) {
    if (!ports.has(port)) ports.set(port, targetPort)
  }
  return ports
}
