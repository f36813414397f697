import type { Retries } from '../decision.ts'
import { noOperations } from '../mesh/header-operations.ts'
import { anyRequest } from '../mesh/route-match.ts'
import type { OutboundPolicy } from '../mesh/sidecar.ts'
import { unknownCluster } from './chain.ts'
import { clusterName, passthroughCluster } from './proxy-config.ts'
import type { DomainIndex, Route, RouteAction, RouteConfig, VirtualHost } from './proxy-config.ts'

/** Makes a route configuration of virtual hosts, sorted by name as istiod sends them. */
export function routeConfig(name: string, virtualHosts: readonly VirtualHost[]): RouteConfig {
  return { name, virtualHosts, domains: indexDomains(virtualHosts) }
}

/** The virtual host that a Host leads to (in lower case, without port), or null. */
export function findVirtualHost(
  { exact, suffixes, prefixes, any }: DomainIndex,
  host: string,
): VirtualHost | null {
  const found = exact.get(host)
  if (found !== undefined) return found
  // A wildcard stands for at least one character.
  for (const [suffix, virtualHost] of suffixes) {
    if (host.length > suffix.length && host.endsWith(suffix)) return virtualHost
  }
  for (const [prefix, virtualHost] of prefixes) {
    if (host.length > prefix.length && host.startsWith(prefix)) return virtualHost
  }
  return any
}

/** What Istio routes a Service by that has no VirtualService: all to its plain cluster. */
export function defaultRoute(host: string, port: number, retries: Retries | null): Route {
  return { ...bareRoute('default'), action: toCluster(clusterName(host, port, null), retries) }
}

/**
 * Where a sidecar sends hosts that it does not know: on to where they were dialled, to the Sidecar's egress
 * proxy, or nowhere (istio: httproute.go, buildCatchAllVirtualHost).
 */
export function unknownHosts(policy: OutboundPolicy): VirtualHost {
  const name = policy.mode === 'REGISTRY_ONLY' ? 'block_all' : 'allow_any'
  return {
    name,
    domains: ['*'],
    routes: [{ ...bareRoute(name), action: unknownAction(policy) }],
    excluded: [],
    requireTls: false,
  }
}

function unknownAction(policy: OutboundPolicy): RouteAction {
  if (policy.mode === 'REGISTRY_ONLY') {
    return { kind: 'respond', status: 502, body: '', responseHeaders: noOperations }
  }
  const cluster = unknownCluster(policy)
  return cluster === passthroughCluster ? { kind: 'passthrough' } : toCluster(cluster, null)
}

function bareRoute(name: string): Omit<Route, 'action'> {
  return { name, origin: null, match: anyRequest, fault: null, cors: null }
}

function toCluster(name: string, retries: Retries | null): RouteAction {
  return {
    kind: 'forward',
    clusters: [
      {
        name,
        subset: null,
        weight: 100,
        requestHeaders: noOperations,
        responseHeaders: noOperations,
        authority: null,
      },
    ],
    totalWeight: 100,
    weights: [{ cluster: name, weight: 100 }],
    rewrite: null,
    timeout: null,
    retries,
    mirrors: [],
    missingStatus: 503,
  }
}

function indexDomains(virtualHosts: readonly VirtualHost[]): DomainIndex {
  const exact = new Map<string, VirtualHost>()
  const suffixes: (readonly [string, VirtualHost])[] = []
  const prefixes: (readonly [string, VirtualHost])[] = []
  let any: VirtualHost | null = null
  for (const virtualHost of virtualHosts) {
    for (const domain of virtualHost.domains.map((one) => one.toLowerCase())) {
      if (domain === '*') any ??= virtualHost
      else if (domain.startsWith('*')) suffixes.push([domain.slice(1), virtualHost])
      else if (domain.endsWith('*')) prefixes.push([domain.slice(0, -1), virtualHost])
      else if (!exact.has(domain)) exact.set(domain, virtualHost)
    }
  }
  return {
    exact,
    suffixes: suffixes.toSorted(longestFirst),
    prefixes: prefixes.toSorted(longestFirst),
    any,
  }
}

function longestFirst(
  [a]: readonly [string, VirtualHost],
  [b]: readonly [string, VirtualHost],
): number {
  return b.length - a.length
}
