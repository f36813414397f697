import type { Provenance } from '../decision.ts'
import { defaultRetries } from '../mesh/retries.ts'
import { compareAge } from '../mesh/age.ts'
import { noOperations } from '../mesh/header-operations.ts'
import { hostIsWithin, hostsOverlap, isWildcard } from '../mesh/host.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { anyRequest } from '../mesh/route-match.ts'
import { describeVisibility, isVisibleIn } from '../mesh/visibility.ts'
import type { VirtualService } from '../mesh/virtual-service.ts'
import { clusterName } from './proxy-config.ts'
import type { DomainIndex, Exclusion, Route, RouteConfig, VirtualHost } from './proxy-config.ts'
import type { Proxy } from './proxy.ts'
import { listGateways } from './routes.ts'

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
export function defaultRoute(host: string, port: number): Route {
  const name = clusterName(host, port, null)
  return {
    name: 'default',
    origin: null,
    match: anyRequest,
    action: {
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
      retries: defaultRetries,
      mirrors: [],
    },
    fault: null,
  }
}

/** Where a sidecar sends hosts that it does not know: on to where they were dialled. */
export const allowAny: VirtualHost = {
  name: 'allow_any',
  domains: ['*'],
  routes: [
    {
      name: 'allow_any',
      origin: null,
      match: anyRequest,
      action: { kind: 'passthrough' },
      fault: null,
    },
  ],
  excluded: [],
  requireTls: false,
}

/** For whom a virtual host is made, to say which VirtualServices did not make it into it. */
export interface ExclusionContext {
  readonly mesh: Mesh
  readonly proxy: Proxy
  /** The gateways that the proxy serves: `mesh`, or `NAMESPACE/NAME`s. */
  readonly gateways: ReadonlySet<string>
  /** The VirtualServices whose routes the virtual host has. */
  readonly applied: readonly VirtualService[]
}

/**
 * The VirtualServices that name the host and are kept from it as a whole: they are for other gateways or
 * namespaces, or another one has the host already.
 */
export function excludedServices(host: string, context: ExclusionContext): Exclusion[] {
  const { mesh, applied } = context
  return virtualServicesFor(mesh, host).flatMap((service) => {
    if (applied.includes(service)) return []
    const reason = whyNotApplied(service, host, context)
    return reason === null ? [] : [reason]
  })
}

function whyNotApplied(
  service: VirtualService,
  host: string,
  { proxy, gateways, applied }: ExclusionContext,
): Exclusion | null {
  const exclude = (code: string, field: string, because: string): Exclusion => ({
    before: 0,
    name: null,
    origin: provenanceOf(service, field),
    code,
    because,
  })
  // A rule for all hosts is no news to every one of them.
  const isMeant = service.hosts.includes(host) || sendsTo(service, host)
  if (!service.gateways.some((gateway) => gateways.has(gateway))) {
    if (!isMeant) return null
    const caller = proxy.type === 'sidecar' ? 'the caller is a sidecar' : `the proxy is ${proxy.id}`
    return exclude(
      'gateways',
      'gateways',
      `it is for ${listGateways(service.gateways)} only, ${caller}`,
    )
  }
  if (!isVisibleIn(service.visibility, proxy.namespace)) {
    if (!isMeant) return null
    const where = describeVisibility(service.visibility)
    return exclude(
      'export-to',
      'exportTo',
      `it is exported to ${where}, the caller is in namespace ${JSON.stringify(proxy.namespace)}`,
    )
  }
  const [winner] = applied
  if (proxy.type === 'gateway' || winner === undefined) return null
  return exclude(
    'other-virtual-service',
    'hosts',
    `${winner.resource.id} has ${JSON.stringify(host)} already, and on sidecars only one VirtualService ` +
      'applies: the one with the most specific host, then the oldest',
  )
}

function sendsTo({ http }: VirtualService, host: string): boolean {
  return http.some(
    ({ action }) =>
      action.kind === 'forward' && action.destinations.some((one) => one.host === host),
  )
}

function provenanceOf({ resource }: VirtualService, field: string): Provenance {
  return { resource: resource.id, position: resource.keyPosition(['spec', field]) }
}

function virtualServicesFor({ virtualServicesByHost }: Mesh, host: string): VirtualService[] {
  const { exact, wildcard } = virtualServicesByHost
  const covering = wildcard.filter(({ hosts }) => hosts.some((one) => covers(one, host)))
  return [...new Set([...(exact.get(host) ?? []), ...covering])].toSorted(compareAge)
}

function covers(written: string, host: string): boolean {
  return isWildcard(host) ? hostsOverlap(written, host) : hostIsWithin(host, written)
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
