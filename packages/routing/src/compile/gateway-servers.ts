import { isPlainHttp, passesTlsOn, routesHttp } from '../mesh/gateway.ts'
import type { Gateway, GatewayServer } from '../mesh/gateway.ts'
import { selects } from '../mesh/labels.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { isHttp, parseProtocol } from '../mesh/protocol.ts'
import type { Proxy } from './proxy.ts'
import { serviceTargets, targetPortFor } from './service-targets.ts'
import type { ServiceTarget } from './service-targets.ts'

/** A server as one router pod has it. */
export interface MergedServer {
  /** `NAMESPACE/NAME` of its Gateway. */
  readonly gateway: string
  readonly server: GatewayServer
  /** Of its route configuration; '' where it routes no requests. */
  readonly routeName: string
}

/** Servers that share a listener: of one port, protocol and bind address. */
export interface MergedPort {
  readonly port: number
  readonly protocol: string
  readonly bind: string
  readonly servers: MergedServer[]
  /** Of its plain HTTP servers. */
  routeName: string
}

/** The servers of a router pod. */
export interface MergedServers {
  readonly ports: readonly MergedPort[]
  readonly byRouteName: ReadonlyMap<string, readonly MergedServer[]>
}

/**
 * Puts the servers of all Gateways together that configure a router pod. On one port plain HTTP servers share
 * their routes and TLS servers are told apart by name; anything else is left out, the older Gateway first
 * (istio: pilot/pkg/model/gateway.go, mergeGateways).
 */
export function mergeServers(mesh: Mesh, proxy: Proxy): MergedServers {
  const targets = serviceTargets(mesh, proxy)
  const merger = new Merger()
  for (const gateway of mesh.gateways) {
    const own = targetsOf(gateway, proxy, targets)
    if (own === null) continue
    for (const server of gateway.servers) {
      for (const port of portsOf(gateway, server, own)) merger.add(gateway, server, port)
    }
  }
  return { ports: [...merger.ports.values()], byRouteName: merger.byRouteName }
}

/** The Services through which the Gateway reaches the pod; null: it does not configure it. */
function targetsOf(
  { selector, services, namespace }: Gateway,
  { labels }: Proxy,
  targets: readonly ServiceTarget[],
): readonly ServiceTarget[] | null {
  if (services === null) return selects(selector, labels) ? targets : null
  const own = targets.filter(
    ({ service }) => services.includes(service.host) && service.namespace === namespace,
  )
  return own.length === 0 ? null : own
}

/** The pod's ports behind a server's: that of the first Service with it, else the very port. */
function portsOf(
  { services }: Gateway,
  { port }: GatewayServer,
  targets: readonly ServiceTarget[],
): number[] {
  if (services === null) return [targetPortFor(targets, port) ?? port]
  return [...new Set(targets.filter((one) => one.port === port).map((one) => one.targetPort))]
}

class Merger {
  readonly ports = new Map<string, MergedPort>()
  readonly byRouteName = new Map<string, MergedServer[]>()
  readonly #plain = new Map<number, MergedPort>()
  readonly #taken = new Set<number>()
  readonly #tlsHosts = new TlsHosts()

  add({ namespace, name }: Gateway, server: GatewayServer, port: number): void {
    const routeName = routeNameOf(server, port, `${name}.${namespace}`)
    const merged: MergedServer = { gateway: `${namespace}/${name}`, server, routeName }
    if (server.tls !== null && !this.#tlsHosts.claim(port, server.bind, server.hosts)) return
    const isTls = server.tls !== null && !isPlainHttp(server)
    if (!this.#taken.has(port)) {
      this.#taken.add(port)
      this.#open(merged, port, isTls)
      return
    }
    const plain = this.#plain.get(port)
    if (plain !== undefined) this.#joinPlain(merged, port, plain, isTls)
    else if (isTls) this.#joinTls(merged, port)
    else this.#open(merged, port, false)
  }

  #joinPlain(merged: MergedServer, port: number, plain: MergedPort, isTls: boolean): void {
    const { server, routeName } = merged
    if (plain.bind !== server.bind) {
      const known = this.ports.get(keyOf(server, port))
      if (known === undefined) this.#open(merged, port, isTls)
      else {
        known.routeName = routeName
        known.servers.push(merged)
        this.#route(merged)
      }
      return
    }
    const both = [parseProtocol(server.protocol), parseProtocol(plain.protocol)]
    if (!both.every(isHttp) || routeName === '') return
    plain.servers.push(merged)
    this.#route(merged)
  }

  #joinTls(merged: MergedServer, port: number): void {
    const { server, routeName } = merged
    if (routesHttp(server)) {
      if (routeName === '' || this.byRouteName.has(routeName)) return
      this.byRouteName.set(routeName, [merged])
    }
    const known = this.ports.get(keyOf(server, port))
    if (known !== undefined) known.servers.push(merged)
    else this.#port(merged, port, '')
  }

  #open(merged: MergedServer, port: number, isTls: boolean): void {
    const { server, routeName } = merged
    const opened = this.#port(merged, port, routeName)
    if (!isTls) this.#plain.set(port, opened)
    if (routesHttp(server)) this.byRouteName.set(routeName, [merged])
  }

  #port(merged: MergedServer, port: number, routeName: string): MergedPort {
    const { protocol, bind } = merged.server
    const opened: MergedPort = { port, protocol, bind, servers: [merged], routeName }
    this.ports.set(keyOf(merged.server, port), opened)
    return opened
  }

  #route(merged: MergedServer): void {
    const known = this.byRouteName.get(merged.routeName)
    if (known === undefined) this.byRouteName.set(merged.routeName, [merged])
    else known.push(merged)
  }
}

/** The hosts of a port's TLS servers: Envoy could not tell two of one name apart. */
export class TlsHosts {
  readonly #known = new Set<string>()

  /** Takes the hosts, or none of them where one is taken already. */
  claim(port: number, bind: string, hosts: readonly string[]): boolean {
    const keys = hosts.map((host) => `${port} ${bind} ${host}`)
    if (keys.some((key) => this.#known.has(key))) return false
    for (const key of keys) this.#known.add(key)
    return true
  }
}

function keyOf({ protocol, bind }: GatewayServer, port: number): string {
  return `${port} ${protocol} ${bind}`
}

/** istio: pilot/pkg/model/gateway.go, gatewayRDSRouteName. */
function routeNameOf(server: GatewayServer, port: number, gateway: string): string {
  const bind = server.bind === '' ? '' : `.${server.bind}`
  if (isPlainHttp(server)) return `http.${port}${bind}`
  if (!routesHttp(server) || passesTlsOn(server)) return ''
  return `https.${server.port}.${server.portName ?? ''}.${gateway}${bind}`
}
