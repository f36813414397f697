import { selects } from '../../mesh/labels.ts'
import type { World } from '../world.ts'
import type { SubsetView } from './destination-rule.ts'
import type { ServiceView } from './service.ts'
import type { DestinationView, VirtualServiceView } from './virtual-service.ts'
import type { WorkloadView } from './workload.ts'

/** Where a route leads, as far as the manifests hold it. */
export interface Target {
  readonly destination: DestinationView
  readonly service: ServiceView
  readonly port: number
}

/** The Service and port of a destination; null where the manifests hold no such Service. */
export function targetOf(world: World, destination: DestinationView): Target | null {
  const service = world.services().get(destination.host)
  if (service === undefined) return null
  const port = destination.port ?? service.ports[0]?.port
  return port === undefined ? null : { destination, service, port }
}

/** The definitions of a host's subset, in every DestinationRule for exactly that host. */
function subsetsCalled(world: World, host: string, name: string): readonly SubsetView[] {
  const rules = world.destinationRulesByHost().get(host) ?? []
  return rules.flatMap(({ subsets }) => subsets.filter((subset) => subset.name === name))
}

/** The workloads that may answer behind a destination; of a subset, by its first definition. */
export function workloadsBehind(
  world: World,
  { destination, service }: Target,
): readonly WorkloadView[] {
  const all = world.selectedBy(service)
  if (destination.subset === null) return all
  const [subset] = subsetsCalled(world, destination.host, destination.subset)
  return subset === undefined ? [] : all.filter(({ labels }) => selects(subset.labels, labels))
}

/** The Services and ports under which callers in the mesh meet the VirtualService. */
export function meshTargets(
  world: World,
  rule: VirtualServiceView,
): { service: ServiceView; port: number }[] {
  if (!rule.gateways.includes('mesh')) return []
  return rule.hosts.flatMap(({ host }) => {
    const service = world.services().get(host)
    return (service?.ports ?? []).flatMap(({ port }) =>
      service === undefined ? [] : [{ service, port }],
    )
  })
}
