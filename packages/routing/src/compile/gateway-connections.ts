import { passesTlsOn } from '../mesh/gateway.ts'
import type { GatewayServer } from '../mesh/gateway.ts'
import { findDestinationRule } from '../mesh/destination-rule-index.ts'
import { hostIsWithin, hostsOverlap } from '../mesh/host.ts'
import type { L4Match } from '../mesh/l4-rule.ts'
import { tcpPorts } from '../mesh/service.ts'
import type { VirtualService } from '../mesh/virtual-service.ts'
import { draftChain } from './chain.ts'
import type { ChainDraft } from './chain.ts'
import { connectionTarget } from './connection-chains.ts'
import { serverNames } from './gateway.ts'
import type { GatewayContext } from './gateway.ts'
import type { MergedServer } from './gateway-servers.ts'
import { selectVirtualServices } from './select.ts'

/**
 * What a server does with connections that it does not route as HTTP: the first `tcp` rule of a VirtualService
 * takes them, or the `tls` rules tell them apart where the TLS is passed on
 * (istio: pilot/pkg/networking/core/gateway.go, createGatewayTCPFilterChainOpts).
 */
export function gatewayConnectionChains(
  merged: MergedServer,
  port: number,
  context: GatewayContext,
): ChainDraft[] {
  const { server, gateway } = merged
  if (server.tls?.mode === 'AUTO_PASSTHROUGH') return autoPassthrough(server, context)
  const own = selectVirtualServices(context.mesh, gateway, context.proxy.namespace).filter((one) =>
    sharesHost(server, one),
  )
  if (passesTlsOn(server)) return passthrough(merged, port, own, context)
  for (const { tcp } of own) {
    const rule = tcp.find(
      ({ matches }) =>
        matches.length === 0 || matches.some((match) => applies(match, server, gateway)),
    )
    if (rule === undefined) continue
    const target = connectionTarget(rule.destinations, context.servicesByHost, server.port)
    const endsTls = server.tls !== null
    return [draftChain(target, { endsTls, serverNames: endsTls ? serverNames(server.hosts) : [] })]
  }
  return []
}

function passthrough(
  { server, gateway }: MergedServer,
  port: number,
  own: readonly VirtualService[],
  { servicesByHost, tlsHosts }: GatewayContext,
): ChainDraft[] {
  const chains: ChainDraft[] = []
  for (const { tls } of own) {
    for (const { matches, destinations } of tls) {
      for (const match of matches) {
        if (!applies(match, server, gateway)) continue
        if (!tlsHosts.claim(port, server.bind, match.sniHosts)) continue
        const target = connectionTarget(destinations, servicesByHost, server.port)
        chains.push(draftChain(target, { serverNames: match.sniHosts }))
      }
    }
  }
  return chains
}

/** Other proxies name the cluster that they want, in Istio's own TLS. */
function autoPassthrough(server: GatewayServer, context: GatewayContext): ChainDraft[] {
  const { mesh, proxy, services } = context
  const hosts = serverNames(server.hosts)
  return services.flatMap((service) => {
    if (service.isExternal || !hosts.some((host) => hostIsWithin(service.host, host))) return []
    const rule = findDestinationRule(mesh.destinationRules, proxy, service)
    return tcpPorts(service).flatMap(({ port }) =>
      ['', ...(rule?.subsets ?? []).map(({ name }) => name)].map((subset) => {
        const cluster = `outbound_.${port}_.${subset}_.${service.host}`
        const target = { kind: 'tcp' as const, weights: [{ cluster, weight: 100 }] }
        return draftChain(target, { serverNames: [cluster], istioTls: true })
      }),
    )
  })
}

/** Whether the server and the VirtualService have a host in common, whoever is the wider. */
function sharesHost({ hosts }: GatewayServer, service: VirtualService): boolean {
  return hosts.some((written) => {
    const slash = written.indexOf('/')
    if (slash !== -1 && written.slice(0, slash) !== service.namespace) return false
    return service.hosts.some((host) => hostsOverlap(written.slice(slash + 1), host))
  })
}

/** Only the port and the gateways count here, and not the source. */
function applies({ port, gateways }: L4Match, server: GatewayServer, gateway: string): boolean {
  return (
    (port === null || port === server.port) && (gateways.length === 0 || gateways.includes(gateway))
  )
}
