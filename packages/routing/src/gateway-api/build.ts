import type { Gateway } from '../mesh/gateway.ts'
import { serviceHost } from '../mesh/host.ts'
import { selects } from '../mesh/labels.ts'
import type { Labels } from '../mesh/labels.ts'
import type { MeshConfig } from '../mesh/mesh-config.ts'
import type { ServiceEntry } from '../mesh/service-entry.ts'
import type { Service } from '../mesh/service.ts'
import type { VirtualService } from '../mesh/virtual-service.ts'
import type { Workload } from '../mesh/workload.ts'
import { convertGatewayApi } from './convert.ts'
import { ownerOf } from './gateway-class.ts'
import type { GatewayClass } from './gateway-class.ts'
import type { KubernetesGateway } from './kubernetes-gateway.ts'
import type { ReferenceGrant } from './reference-grant.ts'
import type { GatewayApiRoute } from './route.ts'
import { routerPod, routerService } from './router.ts'

/** The Gateway API's objects among the manifests, and what else of these they depend on. */
export interface GatewayApiInput {
  readonly config: MeshConfig
  readonly gatewayClasses: readonly GatewayClass[]
  readonly kubernetesGateways: readonly KubernetesGateway[]
  readonly routes: readonly GatewayApiRoute[]
  readonly referenceGrants: readonly ReferenceGrant[]
  /** The labels of each namespace. */
  readonly namespaces: ReadonlyMap<string, Labels>
  readonly services: readonly Service[]
  readonly serviceEntries: readonly ServiceEntry[]
  readonly workloads: readonly Workload[]
}

/** What they add to the mesh. */
export interface GatewayApi {
  readonly gateways: readonly Gateway[]
  readonly virtualServices: readonly VirtualService[]
  /** The Services of the routers that istiod runs, where the manifests hold none of that name. */
  readonly services: readonly Service[]
  /** Their pods, where the manifests hold none. */
  readonly pods: readonly Workload[]
  /** The proxies of Gateways: one for each that has a pod. */
  readonly routers: readonly Router[]
}

/** The proxy of a Gateway of the Gateway API. */
export interface Router {
  /** `gateway/test-istio/gateway`. */
  readonly id: string
  readonly name: string
  readonly namespace: string
  readonly pod: Workload
}

/** Makes of the Gateway API's objects what istiod makes of them. */
export function buildGatewayApi(input: GatewayApiInput): GatewayApi {
  const { config, gatewayClasses, kubernetesGateways } = input
  const written = new Set(input.services.map(({ host }) => host))
  const services: Service[] = []
  const pods: Workload[] = []
  for (const [index, gateway] of kubernetesGateways.entries()) {
    if (gateway.services !== null || ownerOf(gateway.className, gatewayClasses) !== 'istio')
      continue
    const service = routerService(gateway, index, config)
    if (!written.has(service.host)) services.push(service)
    if (!input.workloads.some((one) => isBehind(service, one))) {
      pods.push(routerPod(gateway, index))
    }
  }
  const all = [...input.services, ...services]
  const kubernetes = new Set(
    all.filter(({ registry }) => registry === 'kubernetes').map(({ host }) => host),
  )
  const known = new Set([
    ...kubernetes,
    ...input.serviceEntries.flatMap((entry) => entry.services.map(({ host }) => host)),
  ])
  const { gateways, virtualServices } = convertGatewayApi(
    { classes: gatewayClasses, gateways: kubernetesGateways, routes: input.routes },
    {
      config,
      namespaces: input.namespaces,
      grants: input.referenceGrants,
      hasService: (host) => kubernetes.has(host),
      hasHost: (host) => known.has(host),
      serviceEntryHosts: (namespace, name) => {
        const found = input.serviceEntries.find(
          (one) => one.namespace === namespace && one.name === name,
        )
        return found && [...new Set(found.services.map(({ host }) => host))]
      },
    },
  )
  const candidates = [...input.workloads, ...pods]
  const routers = kubernetesGateways.flatMap((gateway) => {
    if (ownerOf(gateway.className, gatewayClasses) !== 'istio') return []
    const pod = podOf(gateway, all, candidates)
    const { name, namespace } = gateway
    return pod === undefined ? [] : [{ id: `gateway/${namespace}/${name}`, name, namespace, pod }]
  })
  return { gateways, virtualServices, services, pods, routers }
}

function podOf(
  { services, routerName, namespace }: KubernetesGateway,
  all: readonly Service[],
  workloads: readonly Workload[],
): Workload | undefined {
  const hosts = services ?? [serviceHost(routerName, namespace)]
  const own = all.filter((one) => one.namespace === namespace && hosts.includes(one.host))
  return workloads.find((workload) => own.some((service) => isBehind(service, workload)))
}

function isBehind({ namespace, selector }: Service, workload: Workload): boolean {
  return (
    selector !== null &&
    workload.namespace === namespace &&
    workload.replicas > 0 &&
    selects(selector, workload.labels)
  )
}
