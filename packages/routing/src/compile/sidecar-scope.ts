import { compareAge } from '../mesh/age.ts'
import { isWildcard } from '../mesh/host.ts'
import { selects } from '../mesh/labels.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Service } from '../mesh/service.ts'
import type { Egress, OutboundPolicy, Sidecar } from '../mesh/sidecar.ts'
import { isVisibleIn } from '../mesh/visibility.ts'
import type { VirtualService } from '../mesh/virtual-service.ts'
import { ImportedHosts } from './imported-hosts.ts'
import type { Proxy } from './proxy.ts'
import { servicesOfRules } from './rule-services.ts'
import { ServiceRegister } from './service-register.ts'
import { selectVirtualServices } from './select.ts'

/**
 * What the sidecars of a namespace (or, with a selector, some of them) know of the mesh
 * (istio: pilot/pkg/model/sidecar.go, SidecarScope).
 */
export interface SidecarScope {
  readonly egress: readonly EgressScope[]
  /** One for each host, of all entries together and what their rules lead to: those that have clusters. */
  readonly services: readonly Service[]
  readonly servicesByHost: ReadonlyMap<string, Service>
  readonly outbound: OutboundPolicy
}

/** One `egress` entry with what it lets in. */
export interface EgressScope extends Egress {
  readonly services: readonly Service[]
  /** In the order in which they win. */
  readonly virtualServices: readonly VirtualService[]
  /** For each Service's host the VirtualService that names it most specifically. */
  readonly owners: ReadonlyMap<string, VirtualService>
}

/** What the proxy's Sidecar, or the mesh's defaults, let it know. */
export function sidecarScope(mesh: Mesh, proxy: Proxy): SidecarScope {
  const sidecar = sidecarOf(mesh, proxy)
  const key = `${proxy.namespace} ${sidecar?.resource.id ?? ''}`
  const known = scopes.get(mesh) ?? new Map<string, SidecarScope>()
  scopes.set(mesh, known)
  const found = known.get(key) ?? buildScope(mesh, sidecar, proxy.namespace)
  known.set(key, found)
  return found
}

/** Proxies of one namespace share a scope, and a mesh never changes. */
const scopes = new WeakMap<Mesh, Map<string, SidecarScope>>()

/**
 * The Sidecar that holds for a proxy: one of its namespace with a selector that fits, else one without, else
 * that of the root namespace (istio: push_context.go, doGetSidecarScope).
 */
function sidecarOf({ sidecars, config }: Mesh, { namespace, labels }: Proxy): Sidecar | null {
  const fits = (one: Sidecar): boolean =>
    one.workloadSelector === null || selects(one.workloadSelector, labels)
  return (
    sidecars.find((one) => one.namespace === namespace && fits(one)) ??
    sidecars.find(
      (one) => one.namespace === config.rootNamespace && one.workloadSelector === null,
    ) ??
    null
  )
}

const everything: Egress = { hosts: ['*/*'], port: null, bind: null, isBound: false }

function buildScope(mesh: Mesh, sidecar: Sidecar | null, namespace: string): SidecarScope {
  const written = sidecar === null || sidecar.egress.length === 0 ? [everything] : sidecar.egress
  const egress = written.map((entry) => buildEgress(mesh, entry, namespace))
  const register = new ServiceRegister()
  for (const entry of egress) {
    for (const service of entry.services) register.add(service)
    for (const service of servicesOfRules(mesh, entry, namespace)) register.add(service)
  }
  return {
    egress,
    services: register.services(),
    servicesByHost: register.byHost(),
    outbound: sidecar?.outbound ?? { mode: mesh.config.outboundTrafficPolicy, egressProxy: null },
  }
}

function buildEgress(mesh: Mesh, entry: Egress, namespace: string): EgressScope {
  const imported = new ImportedHosts(entry.hosts, namespace)
  const services = selectServices(mesh, entry, imported, namespace)
  const virtualServices = selectVirtualServices(mesh, 'mesh', namespace).filter((one) =>
    imported.hasVirtualService(one),
  )
  return { ...entry, services, virtualServices, owners: findOwners(virtualServices, services) }
}

/** The Services that are let in; of one host those of one namespace (istio: sidecar.go, selectServices). */
function selectServices(
  mesh: Mesh,
  entry: Egress,
  imported: ImportedHosts,
  namespace: string,
): Service[] {
  const selected = [...candidates(mesh, imported, namespace)].flatMap((service) => {
    const { host, namespace: owner } = service
    if (imported.isExcluded(host, owner)) return []
    for (const scope of imported.scopesFor(owner)) {
      if (!imported.wants(scope, host)) continue
      const seen = withPortOf(service, entry)
      if (seen !== null) return [withAliases(seen, (alias) => imported.wants(scope, alias))]
    }
    return []
  })
  const owners = new Map<string, Service>()
  for (const service of selected) {
    const known = owners.get(service.host)
    if (known === undefined || isPreferred(service, known, namespace)) {
      owners.set(service.host, service)
    }
  }
  return selected.filter(({ host, namespace: owner }) => owners.get(host)?.namespace === owner)
}

/**
 * Where an entry names everything in full, of several Services with one host and namespace only that counts which
 * has the name (istio: sidecar.go, servicesForExactHosts); else all are looked through.
 */
function candidates(mesh: Mesh, imported: ImportedHosts, namespace: string): Iterable<Service> {
  const exact = imported.exact()
  if (exact === null) return visibleServices(mesh.services, namespace)
  const named = new Set(exact.map(([owner, host]) => mesh.servicesByHost.get(host)?.get(owner)))
  return [...named]
    .filter((service) => service !== undefined)
    .filter(({ visibility }) => isVisibleIn(visibility, namespace))
    .toSorted(compareAge)
}

/** Those for this namespace by name come before those for all (istio: servicesExportedToNamespace). */
export function* visibleServices(
  services: readonly Service[],
  namespace: string,
): Generator<Service> {
  for (const service of services) {
    if (!service.visibility.everywhere && isVisibleIn(service.visibility, namespace)) yield service
  }
  for (const service of services) if (service.visibility.everywhere) yield service
}

/** The caller's own namespace decides, then Kubernetes over a ServiceEntry. */
function isPreferred(service: Service, known: Service, namespace: string): boolean {
  if (service.namespace === namespace) return true
  return (
    known.registry === 'external' &&
    service.registry === 'kubernetes' &&
    known.namespace !== namespace
  )
}

/** An entry with a port shows that port of a Service alone; null where the Service has none such. */
export function withPortOf(service: Service, { port }: Pick<Egress, 'port'>): Service | null {
  if (port === null || port.number === 0 || port.protocol === 'http-proxy') return service
  const own = service.ports.find((one) => one.port === port.number)
  if (own === undefined) return null
  return service.ports.length === 1 ? service : { ...service, ports: [own] }
}

function withAliases(service: Service, isWanted: (host: string) => boolean): Service {
  const aliases = service.aliases.filter(({ host }) => isWanted(host))
  return aliases.length === service.aliases.length ? service : { ...service, aliases }
}

/**
 * The VirtualService of each Service: an exact host before wildcards, the longest of these, the first
 * (istio: sidecar.go, computeWildcardHostVirtualServiceIndex).
 */
function findOwners(
  virtualServices: readonly VirtualService[],
  services: readonly Service[],
): Map<string, VirtualService> {
  const byHost = new Map<string, VirtualService>()
  for (const virtualService of virtualServices) {
    for (const host of virtualService.hosts) {
      if (!byHost.has(host)) byHost.set(host, virtualService)
    }
  }
  const lengths = new Set([...byHost.keys()].filter(isWildcard).map((one) => one.length - 1))
  const longestFirst = [...lengths].toSorted((a, b) => b - a)
  const owners = new Map<string, VirtualService>()
  for (const { host } of services) {
    const plain = isWildcard(host) ? host.slice(1) : host
    const wildcards = longestFirst
      .filter((length) => length <= plain.length)
      .map((length) => `*${plain.slice(plain.length - length)}`)
    const name = [host, ...wildcards].find((one) => byHost.has(one))
    const owner = name === undefined ? undefined : byHost.get(name)
    if (owner !== undefined) owners.set(host, owner)
  }
  return owners
}
