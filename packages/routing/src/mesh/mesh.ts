import type { Diagnostic } from '../diagnostic.ts'
import { kindStatus } from '../manifest/kinds.ts'
import type { ModelledKind } from '../manifest/kinds.ts'
import { reportIgnoredFields } from '../manifest/not-modelled.ts'
import { attempt, child, reportNotModelled, rootOf } from '../manifest/read.ts'
import type { Report } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'
import { compareAge } from './age.ts'
import { indexDestinationRules } from './destination-rule-index.ts'
import type { DestinationRuleIndex } from './destination-rule-index.ts'
import { readDestinationRule } from './destination-rule.ts'
import type { DestinationRule } from './destination-rule.ts'
import { readGateway } from './gateway.ts'
import type { Gateway } from './gateway.ts'
import { defaultMeshConfig, isMeshConfig, readMeshConfigMap } from './mesh-config.ts'
import type { MeshConfig } from './mesh-config.ts'
import { validate } from '../schema/validate.ts'
import { readService } from './service.ts'
import type { Service } from './service.ts'
import { selects } from './labels.ts'
import { indexHosts, readVirtualService } from './virtual-service.ts'
import type { HostIndex, VirtualService } from './virtual-service.ts'
import { readWorkload } from './workload.ts'
import type { Workload } from './workload.ts'

/** What the manifests say, read once. It does not depend on who looks at it. */
export interface Mesh {
  readonly config: MeshConfig
  readonly services: readonly Service[]
  readonly workloads: readonly Workload[]
  /** The oldest first. */
  readonly gateways: readonly Gateway[]
  /** The oldest first: on sidecars it wins. */
  readonly virtualServices: readonly VirtualService[]
  readonly virtualServicesByHost: HostIndex
  readonly destinationRules: DestinationRuleIndex
  /** The workloads that each Service selects, by its host. */
  readonly selected: ReadonlyMap<string, readonly Workload[]>
  /** What could not be read, and what is not modelled yet, by name (`not-modelled`). */
  readonly diagnostics: readonly Diagnostic[]
}

export interface MeshOptions {
  /** Default: that of the ConfigMap `istio-system/istio` among the resources, else Istio's defaults. */
  readonly meshConfig?: MeshConfig
}

/**
 * Reads resources into what the mesh consists of. Whatever cannot be read is left out in the smallest sensible
 * unit (a match, a rule, a resource) and reported; so is each kind and field that can change where a request
 * goes and is not modelled yet. Of two resources with one name the later counts, as with `kubectl apply`.
 * Never throws.
 *
 * @example
 * const { resources } = loadManifests([{ file: 'mesh.yaml', text }])
 * const mesh = buildMesh(resources)
 * for (const proxy of proxies(mesh)) console.log(proxy.id)
 */
export function buildMesh(resources: readonly Resource[], { meshConfig }: MeshOptions = {}): Mesh {
  const diagnostics: Diagnostic[] = []
  const report: Report = (diagnostic) => diagnostics.push(diagnostic)
  const config = meshConfig ?? findMeshConfig(resources, report)
  const services: Service[] = []
  const workloads: Workload[] = []
  const gateways: Gateway[] = []
  const virtualServices: VirtualService[] = []
  const destinationRules: DestinationRule[] = []
  const read: Record<ModelledKind, (resource: Resource) => void> = {
    Namespace: () => undefined,
    Service: (resource) => add(services, readService(resource, report)),
    Deployment: (resource) => add(workloads, readWorkload(resource, report)),
    Gateway: (resource) => add(gateways, readGateway(resource, report)),
    VirtualService: (resource) =>
      add(virtualServices, readVirtualService(resource, report, config)),
    DestinationRule: (resource) => add(destinationRules, readDestinationRule(resource, report)),
  }
  for (const resource of withoutDuplicates(resources, report)) {
    const before = diagnostics.length
    const known = kindStatus(resource.apiVersion, resource.kind)
    if (known.status === 'modelled') {
      attempt(() => read[known.kind](resource))
      reportIgnoredFields(resource, known.kind, report)
    } else if (known.status === 'unknown-version') {
      report(unknownVersion(resource, known.known))
    } else if (known.status === 'not-modelled') {
      reportUnknownKind(resource, report)
    }
    validate(resource, unlessKnown(diagnostics.slice(before), report))
  }
  const byAge = virtualServices.toSorted(compareAge)
  return {
    config,
    services,
    workloads,
    gateways: gateways.toSorted(compareAge),
    virtualServices: byAge,
    virtualServicesByHost: indexHosts(byAge),
    destinationRules: indexDestinationRules(destinationRules),
    selected: selectWorkloads(services, workloads),
    diagnostics,
  }
}

function add<T>(list: T[], entry: T | null): void {
  if (entry !== null) list.push(entry)
}

function withoutDuplicates(resources: readonly Resource[], report: Report): Resource[] {
  const byName = new Map<string, Resource>()
  for (const resource of resources) {
    const { apiVersion, id } = resource
    // The same kind in two versions is one object to the API server.
    const key = `${apiVersion.split('/').slice(0, -1).join('/')} ${id}`
    const earlier = byName.get(key)
    if (earlier !== undefined) {
      const { file, line } = resource.position()
      report({
        code: 'duplicate-resource',
        level: 'warning',
        message: `${id} is written twice; the one at ${file}:${line} counts, remove the other`,
        position: earlier.position(),
        resource: id,
      })
    }
    byName.set(key, resource)
  }
  return [...byName.values()]
}

function selectWorkloads(
  services: readonly Service[],
  workloads: readonly Workload[],
): ReadonlyMap<string, readonly Workload[]> {
  const byNamespace = new Map<string, Workload[]>()
  for (const workload of workloads) {
    const neighbours = byNamespace.get(workload.namespace)
    if (neighbours === undefined) byNamespace.set(workload.namespace, [workload])
    else neighbours.push(workload)
  }
  return new Map(
    services.map(({ host, namespace, selector }) => {
      const neighbours = selector === null ? [] : (byNamespace.get(namespace) ?? [])
      return [host, neighbours.filter(({ labels }) => selects(selector ?? {}, labels))]
    }),
  )
}

/** The readers know better than a schema what is meant at a place that they complain about. */
function unlessKnown(known: readonly Diagnostic[], report: Report): Report {
  if (known.length === 0) return report
  const places = new Set(known.map(({ position }) => JSON.stringify(position)))
  return (diagnostic) => {
    const isKnown = diagnostic.level === 'error' && places.has(JSON.stringify(diagnostic.position))
    if (!isKnown) report(diagnostic)
  }
}

function unknownVersion(resource: Resource, known: readonly string[]): Diagnostic {
  return {
    code: 'unknown-version',
    level: 'error',
    message:
      `${resource.id}: apiVersion ${JSON.stringify(resource.apiVersion)} is none that the cluster serves; ` +
      `write ${JSON.stringify(known[0])}. It is ignored`,
    position: resource.position(['apiVersion']),
    resource: resource.id,
  }
}

function reportUnknownKind(resource: Resource, report: Report): void {
  reportNotModelled(child(rootOf(resource, report), 'kind'), `kind ${resource.kind}`)
}

function findMeshConfig(resources: readonly Resource[], report: Report): MeshConfig {
  const map = resources.findLast(isMeshConfig)
  return (map && attempt(() => readMeshConfigMap(map, report))) ?? defaultMeshConfig
}
