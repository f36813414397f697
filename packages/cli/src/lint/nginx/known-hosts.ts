import { askAbout, dnsNames, shortOutcome } from '@traffic-lanes/routing'
import type { ExampleRequest, Mesh, Outcome, Resource } from '@traffic-lanes/routing'

/** The hosts by which the mesh finds rules. */
export interface KnownHosts {
  /** Whether a sidecar knows the host, of a workload in any namespace. */
  readonly inMesh: (host: string) => boolean
  /** Whether a gateway has a rule for the host. */
  readonly atGateways: (host: string) => boolean
  /** Whether the host names a Service that is no gateway's. */
  readonly isService: (host: string) => boolean
  /** What becomes of a request with this Host, to a Service (`host:port`) or, where null, to a gateway. */
  readonly show: (host: string, service: string | null) => ExampleRequest | null
  /** The same by HTTP/1.0, where it is refused for that, or let through to anywhere. */
  readonly showOld: (host: string, service: string | null) => ExampleRequest | null
}

/** Collects the hosts of Services, VirtualServices and HTTPRoutes. */
export function knownHosts(mesh: Mesh, resources: readonly Resource[]): KnownHosts {
  const names = new Set(
    mesh.services.flatMap((service) => [service.name, ...dnsNames(service, service.namespace)]),
  )
  const meshRules = mesh.virtualServices.filter(({ gateways }) => gateways.includes('mesh'))
  const gatewayRules = mesh.virtualServices.filter(({ gateways }) =>
    gateways.some((gateway) => gateway !== 'mesh'),
  )
  const meshHosts = meshRules.flatMap(({ hosts }) => hosts)
  const gatewayHosts = [...gatewayRules.flatMap(({ hosts }) => hosts), ...routeHosts(resources)]
  return {
    inMesh: (host) => names.has(host) || meshHosts.some((one) => matches(host, one)),
    atGateways: (host) => gatewayHosts.some((one) => matches(host, one)),
    isService: (host) => names.has(host) && !/gateway/.test(host),
    show: (host, service) => show(mesh, host, service, null, isLost),
    showOld: (host, service) =>
      show(
        mesh,
        host,
        service,
        '1.0',
        (outcome) =>
          isRefused(outcome) ||
          (outcome.kind === 'passthrough' && show(mesh, host, service, null, isLost) === null),
      ),
  }
}

function show(
  mesh: Mesh,
  host: string,
  service: string | null,
  http: '1.0' | null,
  wanted: (outcome: Outcome) => boolean,
): ExampleRequest | null {
  const [gateway] = mesh.gateways
  const from = service === null ? gateway?.id : mesh.workloads[0]?.id
  const url = `http://${service ?? `${host}:${gateway?.servers[0]?.port ?? 80}`}/`
  if (from === undefined || host.includes('$') || !URL.canParse(url)) return null
  const headers = service === null ? [] : [['host', host] as const]
  const spoken = http === null ? {} : { http }
  const { outcome } = askAbout(mesh)({ from, url, headers, ...spoken }).decision
  return wanted(outcome)
    ? { from, method: 'GET', url, lane: null, headers, http, outcome: shortOutcome({ outcome }) }
    : null
}

/** What is answered 404 or let through to anywhere has met no rule. */
function isLost(outcome: Outcome): boolean {
  return (
    outcome.kind === 'passthrough' || (outcome.kind === 'respond' && outcome.flags.includes('NR'))
  )
}

function isRefused(outcome: Outcome): boolean {
  return outcome.kind === 'respond' && outcome.status === 426
}

/** The hostnames of HTTPRoutes; `*` for one that names none. */
function routeHosts(resources: readonly Resource[]): string[] {
  return resources
    .filter(({ kind }) => kind === 'HTTPRoute')
    .flatMap(({ body }) => {
      const { spec } = body
      const hostnames: unknown =
        typeof spec === 'object' && spec !== null && 'hostnames' in spec ? spec.hostnames : []
      const named = Array.isArray(hostnames)
        ? hostnames.filter((one) => typeof one === 'string')
        : []
      return named.length === 0 ? ['*'] : named
    })
}

function matches(host: string, pattern: string): boolean {
  return pattern.startsWith('*') ? host.endsWith(pattern.slice(1)) : host === pattern
}
