import type { Resource } from '../manifest/resource.ts'
import { LabelIndex } from '../mesh/label-index.ts'
import type { Labels } from '../mesh/labels.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { readDestinationRuleView } from './model/destination-rule.ts'
import type { DestinationRuleView } from './model/destination-rule.ts'
import { readGatewayView } from './model/gateway.ts'
import type { GatewayView } from './model/gateway.ts'
import { readHttpRouteView } from './model/http-route.ts'
import type { HttpRouteView } from './model/http-route.ts'
import { readServiceView } from './model/service.ts'
import type { ServiceView } from './model/service.ts'
import { readVirtualServiceView } from './model/virtual-service.ts'
import type { VirtualServiceView } from './model/virtual-service.ts'
import { readWorkloadView, workloadKinds } from './model/workload.ts'
import type { WorkloadView } from './model/workload.ts'
import { Examples } from './examples.ts'
import { laneHosts } from './model/lane-hosts.ts'
import { laneValues } from './model/lane-values.ts'
import { mentions } from './model/mentions.ts'
import { Pods } from './model/pods.ts'
import { Registry } from './model/registry.ts'
import { readServiceEntryView } from './model/service-entry.ts'
import type { ServiceEntryView } from './model/service-entry.ts'

export interface WorldOptions {
  /** In lower case. */
  readonly laneHeader: string
  /** The pod label that says which version a pod is. */
  readonly versionLabel: string
}

/**
 * What the checks look at: the resources as they are written, indexed by what connects them. Each index is
 * made when the first check asks for it, so that no check needs to compare everything with everything.
 */
export class World {
  readonly resources: readonly Resource[]
  readonly mesh: Mesh
  readonly laneHeader: string
  readonly versionLabel: string
  /** Asks the engine for requests that show a fault. */
  readonly examples: Examples
  readonly #byKind: ReadonlyMap<string, readonly Resource[]>
  readonly #selected = new Map<string, readonly WorkloadView[]>()

  constructor(resources: readonly Resource[], mesh: Mesh, options: WorldOptions) {
    this.resources = resources
    this.mesh = mesh
    this.laneHeader = options.laneHeader
    this.versionLabel = options.versionLabel
    this.examples = new Examples(this)
    this.#byKind = groupBy(resources, ({ apiVersion, kind }) => kindKey(groupOf(apiVersion), kind))
  }

  /** The resources of a kind, whatever their version. */
  of(group: string, kind: string): readonly Resource[] {
    return this.#byKind.get(kindKey(group, kind)) ?? []
  }

  readonly services = lazy((): ReadonlyMap<string, ServiceView> => {
    const views = this.of('', 'Service').map((one) => readServiceView(one))
    return new Map(views.map((service) => [service.host, service]))
  })

  readonly workloads = lazy((): readonly WorkloadView[] =>
    [...workloadKinds].flatMap(([group, kinds]) =>
      kinds.flatMap((kind) => this.of(group, kind).map((one) => readWorkloadView(one))),
    ),
  )

  readonly virtualServices = lazy((): readonly VirtualServiceView[] =>
    this.of(istio, 'VirtualService').map((one) => readVirtualServiceView(one)),
  )

  /** VirtualServices by each of their hosts, completed. */
  readonly virtualServicesByHost = lazy(() => {
    const byHost = new Map<string, VirtualServiceView[]>()
    for (const rule of this.virtualServices()) {
      for (const host of new Set(rule.hosts.map((one) => one.host))) push(byHost, host, rule)
    }
    return byHost
  })

  readonly destinationRules = lazy((): readonly DestinationRuleView[] =>
    this.of(istio, 'DestinationRule').map((one) => readDestinationRuleView(one)),
  )

  readonly destinationRulesByHost = lazy(() => groupBy(this.destinationRules(), ({ host }) => host))

  readonly gateways = lazy((): ReadonlyMap<string, GatewayView> => {
    const views = this.of(istio, 'Gateway').map((one) => readGatewayView(one))
    return new Map(views.map((gateway) => [gateway.id, gateway]))
  })

  readonly httpRoutes = lazy((): readonly HttpRouteView[] =>
    this.of('gateway.networking.k8s.io', 'HTTPRoute').map((one) => readHttpRouteView(one)),
  )

  readonly serviceEntries = lazy((): readonly ServiceEntryView[] =>
    this.of(istio, 'ServiceEntry').map((one) => readServiceEntryView(one)),
  )

  /** The hosts that routes may name: of Services and ServiceEntries. */
  readonly registry = lazy(() => new Registry([...this.services().values()], this.serviceEntries()))

  /** Every pod that the manifests make, and those of routers that they take for granted. */
  readonly pods = lazy(() => new Pods(this))

  /** The hosts that have lanes in the mesh. */
  readonly laneHosts = lazy(() => laneHosts(this))

  /** Every lane that a route names. */
  readonly laneValues = lazy(() => laneValues(this))

  /** Whom the workloads call, as far as their manifests say. */
  readonly mentions = lazy(() => mentions(this))

  readonly namespaces = lazy(
    (): ReadonlyMap<string, Resource> =>
      new Map(this.of('', 'Namespace').map((one) => [one.name, one])),
  )

  /** The workloads whose pods the Service selects. */
  selectedBy(service: ServiceView): readonly WorkloadView[] {
    let found = this.#selected.get(service.host)
    if (found === undefined) {
      found =
        service.selector === null ? [] : this.workloadsWith(service.namespace, service.selector)
      this.#selected.set(service.host, found)
    }
    return found
  }

  /** The workloads of a namespace whose pods have these labels. */
  workloadsWith(namespace: string, labels: Labels): readonly WorkloadView[] {
    return this.#workloadsByLabel().select(namespace, labels)
  }

  /** The versions that the Service's workloads are of. */
  versionsOf(service: ServiceView): ReadonlyMap<string, readonly WorkloadView[]> {
    const versions = new Map<string, WorkloadView[]>()
    for (const workload of this.selectedBy(service)) {
      const version = workload.labels[this.versionLabel]
      if (version !== undefined) push(versions, version, workload)
    }
    return versions
  }

  readonly #workloadsByLabel = lazy(() => new LabelIndex(this.workloads()))
}

/** Istio's API group of routing rules. */
export const istio = 'networking.istio.io'

/** Adds to the list under a key. */
export function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}

/** Lists by key, in order. */
export function groupBy<K, V>(values: readonly V[], keyOf: (value: V) => K): Map<K, V[]> {
  const groups = new Map<K, V[]>()
  for (const value of values) push(groups, keyOf(value), value)
  return groups
}

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/')
  return slash === -1 ? '' : apiVersion.slice(0, slash)
}

function kindKey(group: string, kind: string): string {
  return `${group}/${kind}`
}
