import type { Provenance } from '../decision.ts'
import { compareAge } from '../mesh/age.ts'
import { HostLookup } from '../mesh/host-lookup.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { describeVisibility, isVisibleIn } from '../mesh/visibility.ts'
import type { VirtualService } from '../mesh/virtual-service.ts'
import { listGateways } from './exclusion.ts'
import type { Exclusion } from './proxy-config.ts'
import type { Proxy } from './proxy.ts'

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
  { mesh, proxy, gateways, applied }: ExclusionContext,
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
  if (proxy.type === 'gateway') return null
  if (isForOthers(service, host, proxy, mesh)) {
    const [own, other] = [service.namespace, proxy.namespace].map((one) => JSON.stringify(one))
    return exclude(
      'route-namespace',
      'parentRefs',
      `a route of namespace ${own} holds for that namespace's callers and Services, the caller is in ` +
        `namespace ${other}`,
    )
  }
  const [winner] = applied
  if (winner === undefined) return null
  return exclude(
    'other-virtual-service',
    'hosts',
    `${winner.resource.id} has ${JSON.stringify(host)} already, and ${whyFirst(winner, proxy)}`,
  )
}

/** Whether it is a Gateway API route for another namespace's callers (istio: route.go, UseGatewaySemantics). */
function isForOthers(
  { semantics, namespace }: VirtualService,
  host: string,
  proxy: Proxy,
  { servicesByHost }: Mesh,
): boolean {
  if (semantics !== 'gateway-api' || namespace === proxy.namespace) return false
  return !(servicesByHost.get(host)?.has(namespace) ?? false)
}

function whyFirst({ semantics, namespace }: VirtualService, proxy: Proxy): string {
  return semantics === 'gateway-api' && namespace === proxy.namespace
    ? "on sidecars a Gateway API route of the caller's own namespace comes first"
    : 'on sidecars only one VirtualService applies: the one with the most specific host, then the oldest'
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
  const lookup = lookups.get(wildcard) ?? new HostLookup(wildcard, ({ hosts }) => hosts)
  lookups.set(wildcard, lookup)
  const covering = lookup.overlapping(host)
  return [...new Set([...(exact.get(host) ?? []), ...covering])].toSorted(compareAge)
}

/** A mesh never changes, and each host of each proxy asks. */
const lookups = new WeakMap<readonly VirtualService[], HostLookup<VirtualService>>()
