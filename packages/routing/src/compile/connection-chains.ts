import { compareText, isWildcard } from '../mesh/host.ts'
import { HostLookup } from '../mesh/host-lookup.ts'
import type { L4Destination, L4Match } from '../mesh/l4-rule.ts'
import { isTls } from '../mesh/protocol.ts'
import type { Protocol } from '../mesh/protocol.ts'
import type { Service } from '../mesh/service.ts'
import type { VirtualService } from '../mesh/virtual-service.ts'
import { alternateNames } from './alternate-names.ts'
import { draftChain, plainTarget } from './chain.ts'
import type { ChainDraft } from './chain.ts'
import { destinationCluster } from './destination-cluster.ts'
import { appliesToConnections } from './exclusion.ts'
import { anyAddress } from './proxy-config.ts'
import type { ChainTarget } from './proxy-config.ts'
import type { Proxy } from './proxy.ts'

/** For which listener chains are made. */
export interface ConnectionContext {
  readonly proxy: Proxy
  /** Every Service of the proxy, by host. */
  readonly servicesByHost: ReadonlyMap<string, Service>
  readonly service: Service
  readonly port: { readonly port: number; readonly protocol: Protocol }
  /** Subnets of the Service, where it has no address of its own to listen at. */
  readonly cidrs: readonly string[]
  /** Where the listener is bound. */
  readonly address: string
  /** In the order in which they win. */
  readonly virtualServices: readonly VirtualService[]
}

/**
 * What a sidecar does with connections to a port that are not HTTP: the `tls` rules of a TLS port, by the
 * handshake, or the first `tcp` rule of any other; else the Service's plain cluster
 * (istio: listener.go, buildSidecarOutboundTCPListenerOpts).
 */
export function connectionChains(context: ConnectionContext): ChainDraft[] {
  const own = lookupIn(context.virtualServices).overlapping(context.service.host)
  return isTls(context.port.protocol) ? tlsChains(context, own) : tcpChains(context, own)
}

function lookupIn(virtualServices: readonly VirtualService[]): HostLookup<VirtualService> {
  const known =
    lookups.get(virtualServices) ?? new HostLookup(virtualServices, ({ hosts }) => hosts)
  lookups.set(virtualServices, known)
  return known
}

/** An entry's list never changes, and each of thousands of Services asks it. */
const lookups = new WeakMap<readonly VirtualService[], HostLookup<VirtualService>>()

/** istio: tls.go, buildSidecarOutboundTLSFilterChainOpts. */
function tlsChains(context: ConnectionContext, own: readonly VirtualService[]): ChainDraft[] {
  const chains: ChainDraft[] = []
  const handled = new Set<string>()
  let { cidrs } = context
  for (const { tls } of own) {
    for (const { matches, destinations } of tls) {
      for (const match of matches) {
        if (!applies(match, context)) continue
        if (match.destinationSubnets.length > 0) cidrs = match.destinationSubnets
        const key = `${match.sniHosts.join(',')}|${match.destinationSubnets.join(',')}`
        if (handled.has(key)) continue
        handled.add(key)
        chains.push(
          draftChain(target(destinations, context), { cidrs, serverNames: match.sniHosts }),
        )
      }
    }
  }
  if (chains.length > 0) return chains
  const serverNames = needsName(context) ? namesOf(context) : []
  return [draftChain(defaultTarget(context), { cidrs, serverNames })]
}

/** Where the address tells nothing, the handshake's name must. */
function needsName({ service, cidrs, address }: ConnectionContext): boolean {
  const [own] = service.addresses
  return (
    cidrs.length > 0 ||
    own?.includes('/') === true ||
    (own === undefined && address === anyAddress) ||
    (isWildcard(service.host) && service.resolution === 'dynamic-dns')
  )
}

function namesOf({ service: { host, aliases }, proxy }: ConnectionContext): string[] {
  return [
    host,
    ...aliases.flatMap((alias) => [alias.host, ...alternateNames(alias.host, proxy.namespace)]),
  ]
}

/** istio: tls.go, buildSidecarOutboundTCPFilterChainOpts. */
function tcpChains(context: ConnectionContext, own: readonly VirtualService[]): ChainDraft[] {
  const { cidrs } = context
  const chains: ChainDraft[] = []
  let isComplete = false
  for (const { tcp } of own) {
    for (const { matches, destinations } of tcp) {
      const matching = matches.filter((match) => applies(match, context))
      const terminal = matching.find((match) => match.destinationSubnets.length === 0)
      if (matches.length === 0 || terminal !== undefined) {
        return [...chains, draftChain(target(destinations, context), { cidrs })]
      }
      const subnets = matching.flatMap((match) => match.destinationSubnets)
      if (subnets.length === 0) continue
      chains.push(draftChain(target(destinations, context), { cidrs: subnets }))
      // Envoy refuses two chains that ask for the same.
      isComplete ||= sameList(subnets, cidrs)
    }
  }
  return isComplete ? chains : [...chains, draftChain(defaultTarget(context), { cidrs })]
}

function applies(match: L4Match, { proxy, port }: ConnectionContext): boolean {
  return appliesToConnections(match, { proxy, gateway: 'mesh', port: port.port })
}

/** The Service's only port where a Sidecar gives the listener another one. */
function defaultTarget({ service, port }: ConnectionContext): ChainTarget {
  const [only, ...others] = service.ports
  return plainTarget(
    service.host,
    only !== undefined && others.length === 0 ? only.port : port.port,
  )
}

function target(destinations: readonly L4Destination[], context: ConnectionContext): ChainTarget {
  return connectionTarget(destinations, context.servicesByHost, context.port.port)
}

/** Where a `tcp` or `tls` rule sends connections (istio: networkfilter.go, buildOutboundNetworkFilters). */
export function connectionTarget(
  destinations: readonly L4Destination[],
  servicesByHost: ReadonlyMap<string, Service>,
  port: number,
): ChainTarget {
  const isSplit = destinations.length > 1
  return {
    kind: 'tcp',
    weights: destinations
      .filter(({ weight }) => !isSplit || weight > 0)
      .map((destination) => ({
        cluster: destinationCluster(destination, servicesByHost.get(destination.host), port),
        weight: isSplit ? destination.weight : 100,
      })),
  }
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  const sorted = b.toSorted(compareText)
  return (
    a.length === b.length && a.toSorted(compareText).every((one, index) => one === sorted[index])
  )
}
