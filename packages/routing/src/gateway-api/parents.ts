import { reportAt } from '../manifest/read.ts'
import { compareText, hostIsWithin, hostsOverlap, isWildcard, serviceHost } from '../mesh/host.ts'
import type { RouteParent } from './listener.ts'
import { gatewayApiGroup } from './reference.ts'
import type { ParentReference } from './reference.ts'
import type { GatewayApiRoute } from './route.ts'

/** A place that a route is attached to. */
export interface Attachment {
  readonly reference: ParentReference
  /** null: the mesh, for a Service or a ServiceEntry. */
  readonly parent: RouteParent | null
  /** `mesh`, or the name of the Gateway that istiod makes of the listener. */
  readonly gateway: string
  /** The hosts of the virtual hosts that the route takes part in. */
  readonly hosts: readonly string[]
}

/** What there is to attach to. */
export interface Parents {
  /** By `NAMESPACE/NAME` of the Gateway. */
  readonly listeners: ReadonlyMap<string, readonly RouteParent[]>
  /** Gateways, Istio's or others', by `NAMESPACE/NAME`. */
  readonly knownGateways: ReadonlySet<string>
  /** Kubernetes Services by host. */
  readonly hasService: (host: string) => boolean
  /** The hosts of a ServiceEntry; undefined where there is none. */
  readonly serviceEntryHosts: (namespace: string, name: string) => readonly string[] | undefined
}

/**
 * Where a route is attached (istio: pilot/pkg/config/kube/gateway/conversion.go, extractParentReferenceInfo and
 * referenceAllowed), in istiod's order. Each reference that leads nowhere is reported.
 */
export function attach(route: GatewayApiRoute, parents: Parents): Attachment[] {
  return route.parents
    .toSorted((a, b) => compareText(referenceKey(a, route), referenceKey(b, route)))
    .flatMap((reference) => attachOne(route, reference, parents))
    .toSorted((a, b) => compareText(a.gateway, b.gateway))
}

function attachOne(
  route: GatewayApiRoute,
  reference: ParentReference,
  parents: Parents,
): Attachment[] {
  const { group, kind, name } = reference
  const namespace = reference.namespace ?? route.namespace
  if (group === gatewayApiGroup && kind === 'Gateway') {
    return attachToGateway(route, reference, parents)
  }
  const toMesh = (hosts: readonly string[]): Attachment[] => [
    { reference, parent: null, gateway: 'mesh', hosts },
  ]
  if (group === '' && kind === 'Service') {
    const host = serviceHost(name, namespace)
    if (parents.hasService(host)) return toMesh([host])
    complain(reference, `there is no Service ${namespace}/${name}`)
  } else if (group === 'networking.istio.io' && kind === 'ServiceEntry') {
    const hosts = parents.serviceEntryHosts(namespace, name)
    if (hosts !== undefined) return toMesh(hosts)
    complain(reference, `there is no ServiceEntry ${namespace}/${name}`)
  } else if (kind === 'ListenerSet') {
    complain(reference, 'a ListenerSet is not modelled yet', 'not-modelled')
  }
  // Another kind is another controller's.
  return []
}

function attachToGateway(
  route: GatewayApiRoute,
  reference: ParentReference,
  { listeners, knownGateways }: Parents,
): Attachment[] {
  const id = `${reference.namespace ?? route.namespace}/${reference.name}`
  const siblings = listeners.get(id)
  if (siblings === undefined) {
    if (!knownGateways.has(id)) complain(reference, `there is no Gateway ${id}`)
    return []
  }
  const refusals: string[] = []
  const attached = siblings.flatMap((parent): Attachment[] => {
    const refusal = whyRefused(route, reference, parent)
    if (refusal !== null) {
      refusals.push(refusal)
      return []
    }
    const written = route.hostnames.length === 0 ? ['*'] : route.hostnames
    const hosts = written.filter((host) => isNotIsolated(host, parent, siblings))
    return [{ reference, parent, gateway: parent.gateway, hosts }]
  })
  if (attached.length === 0) {
    const reasons = [...new Set(refusals)].join('; ')
    complain(
      reference,
      `Gateway ${id} takes it at no listener${reasons === '' ? '' : `: ${reasons}`}`,
    )
  }
  return attached
}

/** Why a listener does not take the route; null: it does. */
function whyRefused(
  { kind, namespace, hostnames }: GatewayApiRoute,
  { port, sectionName }: ParentReference,
  parent: RouteParent,
): string | null {
  const listener = JSON.stringify(parent.sectionName)
  if (port !== null && port !== parent.port) {
    return `listener ${listener} has port ${parent.port}, the route wants ${port}`
  }
  if (sectionName !== null && sectionName !== '' && sectionName !== parent.sectionName) {
    return `the route wants listener ${JSON.stringify(sectionName)}, not ${listener}`
  }
  const wanted = hostnames.length === 0 ? ['*'] : hostnames
  let hostFits = false
  let fits = false
  for (const entry of parent.hosts) {
    const slash = entry.indexOf('/')
    const owner = slash === -1 ? '*' : entry.slice(0, slash)
    if (!wanted.some((host) => hostsOverlap(entry.slice(slash + 1), host))) continue
    hostFits = true
    if (owner === '*' || owner === namespace) fits = true
  }
  if (!hostFits) {
    return `listener ${listener} is for ${parent.hostname}, which none of the route's hostnames is`
  }
  if (!fits) {
    return `listener ${listener} takes no routes of namespace ${JSON.stringify(namespace)} (allowedRoutes)`
  }
  return parent.allowedKinds.has(kind) ? null : `listener ${listener} takes no ${kind}`
}

/**
 * A host is for the listener that names it most closely, and for no other of the same port and protocol
 * (istio: conversion.go, hostnameAllowedByIsolation).
 */
function isNotIsolated(
  host: string,
  parent: RouteParent,
  siblings: readonly RouteParent[],
): boolean {
  const own = parent.hostname
  if (own !== '' && !isWildcard(own)) return true
  if (own !== '' && !hostsOverlap(host, own)) return false
  return !siblings.some(
    ({ port, protocol, hostname }) =>
      port === parent.port &&
      protocol === parent.protocol &&
      hostname !== own &&
      hostname.length >= own.length &&
      hostIsWithin(host, hostname),
  )
}

function complain(reference: ParentReference, because: string, code = 'not-attached'): void {
  const { field } = reference
  reportAt(field, code, `the route is not attached there: ${because}`, 'warning')
}

function referenceKey(
  { group, kind, name, sectionName, port, namespace }: ParentReference,
  route: GatewayApiRoute,
): string {
  const place = `${group}/${kind}/${name}/${sectionName ?? ''}/${port ?? 0}`
  return `${place}.${namespace ?? route.namespace}`
}
