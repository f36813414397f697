import {
  attempt,
  child,
  readList,
  readStrings,
  reportNotModelled,
  rootOf,
} from '../manifest/read.ts'
import type { Report } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'
import { readCreation } from './age.ts'
import { isWildcard, resolveGateway, resolveHost } from './host.ts'
import { readHttpRule } from './http-rule.ts'
import type { HttpRule } from './http-rule.ts'
import type { MeshConfig } from './mesh-config.ts'
import { exportedTo } from './visibility.ts'
import type { Visibility } from './visibility.ts'

/** An Istio VirtualService: how requests for some hosts are routed. */
export interface VirtualService {
  readonly name: string
  readonly namespace: string
  readonly createdAt: number
  /** Completed: `testbbb.test-istio.svc.cluster.local`. */
  readonly hosts: readonly string[]
  /** `mesh` (every sidecar) or `NAMESPACE/NAME`; `[mesh]` where the manifest names none. */
  readonly gateways: readonly string[]
  readonly visibility: Visibility
  readonly http: readonly HttpRule[]
  readonly resource: Resource
}

/** VirtualServices by the hosts that they name. */
export interface HostIndex {
  readonly exact: ReadonlyMap<string, readonly VirtualService[]>
  /** Those that name a wildcard. */
  readonly wildcard: readonly VirtualService[]
}

/** Indexes VirtualServices by host; their order stays. */
export function indexHosts(virtualServices: readonly VirtualService[]): HostIndex {
  const exact = new Map<string, VirtualService[]>()
  for (const service of virtualServices) {
    for (const host of new Set(service.hosts)) {
      const known = exact.get(host)
      if (known === undefined) exact.set(host, [service])
      else known.push(service)
    }
  }
  return { exact, wildcard: virtualServices.filter(({ hosts }) => hosts.some(isWildcard)) }
}

/** Reads a VirtualService; null for a delegate (one without hosts), which is not modelled yet. */
export function readVirtualService(
  resource: Resource,
  report: Report,
  config: MeshConfig,
): VirtualService | null {
  const { name, namespace } = resource
  const spec = child(rootOf(resource, report), 'spec')
  const hosts = readStrings(child(spec, 'hosts')).map((host) => resolveHost(host, namespace))
  if (hosts.length === 0) {
    reportNotModelled(child(spec, 'hosts'), 'a VirtualService without spec.hosts (a delegate)')
    return null
  }
  const gateways = readStrings(child(spec, 'gateways'))
  return {
    name,
    namespace,
    createdAt: readCreation(resource, report),
    hosts,
    gateways:
      gateways.length === 0 ? ['mesh'] : gateways.map((one) => resolveGateway(one, namespace)),
    visibility: exportedTo(readStrings(child(spec, 'exportTo')), namespace),
    http: readList(child(spec, 'http')).flatMap((entry) => {
      const rule = attempt(() => readHttpRule(entry, { namespace, config }))
      return rule === undefined || rule === null ? [] : [rule]
    }),
    resource,
  }
}
