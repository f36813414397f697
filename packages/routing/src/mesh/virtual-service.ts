import type { Retries } from '../decision.ts'
import { attempt, child, readList, readStrings, rootOf } from '../manifest/read.ts'
import type { Report } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'
import { readCreation } from './age.ts'
import { mergeDelegate } from './delegates.ts'
import { isWildcard, resolveGateway, resolveHost } from './host.ts'
import { httpRule } from './http-rule.ts'
import type { HttpRule } from './http-rule.ts'
import { readL4Rules } from './l4-rule.ts'
import type { L4Rule } from './l4-rule.ts'
import type { MeshConfig } from './mesh-config.ts'
import { exportedTo, isVisibleIn } from './visibility.ts'
import type { Visibility } from './visibility.ts'
import { readRule } from './written-rule.ts'
import type { WrittenRule } from './written-rule.ts'

/** An Istio VirtualService, or what istiod makes of a Gateway API route: how traffic for some hosts is routed. */
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
  readonly tcp: readonly L4Rule[]
  readonly tls: readonly L4Rule[]
  /**
   * Whose rules hold: a Gateway API route is for its own namespace's callers and Services only, and answers
   * 500 where a cluster is missing (istio: pilot/pkg/model/virtualservice.go, UseGatewaySemantics).
   */
  readonly semantics: 'istio' | 'gateway-api'
  readonly resource: Resource
}

/** A VirtualService as it is written, its delegates not yet looked up. */
export interface WrittenVirtualService extends Omit<VirtualService, 'http'> {
  readonly rules: readonly WrittenRule[]
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

/** Reads a VirtualService. One without hosts is a delegate, of use to others only. */
export function readVirtualService(
  resource: Resource,
  report: Report,
  config: MeshConfig,
): WrittenVirtualService {
  const { name, namespace } = resource
  const spec = child(rootOf(resource, report), 'spec')
  const hosts = readStrings(child(spec, 'hosts')).map((host) => resolveHost(host, namespace))
  const gateways = readStrings(child(spec, 'gateways'))
  const exportTo = readStrings(child(spec, 'exportTo'))
  const owner = { resource, namespace, isDelegate: hosts.length === 0 }
  return {
    name,
    namespace,
    createdAt: readCreation(resource, report),
    hosts,
    gateways:
      gateways.length === 0 ? ['mesh'] : gateways.map((one) => resolveGateway(one, namespace)),
    visibility: exportedTo(exportTo, namespace, config.defaultVirtualServiceExportTo),
    rules: readList(child(spec, 'http')).flatMap((entry) => {
      const rule = attempt(() => readRule(entry, owner))
      return rule === undefined || rule === null ? [] : [rule]
    }),
    tcp: readL4Rules(child(spec, 'tcp'), owner),
    tls: readL4Rules(child(spec, 'tls'), owner),
    semantics: 'istio',
    resource,
  }
}

/**
 * The VirtualServices that have hosts, with the rules of their delegates in place. A delegate that is missing
 * or not exported to the root's namespace takes its rule with it, and is reported; a delegate's own delegates
 * are not followed (istio: pilot/pkg/model/virtualservice_controller.go, mergeVirtualServices).
 */
export function resolveDelegates(
  written: readonly WrittenVirtualService[],
  defaultRetries: Retries | null,
  report: Report,
): VirtualService[] {
  const delegates = new Map(
    written
      .filter(({ hosts }) => hosts.length === 0)
      .map((one) => [`${one.namespace}/${one.name}`, one]),
  )
  return written
    .filter(({ hosts }) => hosts.length > 0)
    .map((root) => {
      const rules = root.rules.flatMap((rule) => withDelegate(rule, root, delegates, report))
      return complete(root, rules, defaultRetries)
    })
}

function complete(
  written: WrittenVirtualService,
  rules: readonly WrittenRule[],
  defaultRetries: Retries | null,
): VirtualService {
  const { name, namespace, createdAt, hosts, gateways, visibility } = written
  const { tcp, tls, semantics, resource } = written
  const http = rules.flatMap((rule) => httpRule(rule, defaultRetries) ?? [])
  return {
    name,
    namespace,
    createdAt,
    hosts,
    gateways,
    visibility,
    http,
    tcp,
    tls,
    semantics,
    resource,
  }
}

function withDelegate(
  rule: WrittenRule,
  root: Pick<VirtualService, 'namespace' | 'resource'>,
  delegates: ReadonlyMap<string, WrittenVirtualService>,
  report: Report,
): readonly WrittenRule[] {
  if (rule.delegate === null) return [rule]
  const name = `${rule.delegate.namespace}/${rule.delegate.name}`
  const found = delegates.get(name)
  const problem = whyNoDelegate(name, found, root.namespace)
  if (found !== undefined && problem === null) return mergeDelegate(rule, found.rules)
  const { resource } = root
  report({
    code: 'missing-delegate',
    level: 'warning',
    message: `${resource.id}: the rule is left out: ${problem ?? ''}`,
    position: resource.keyPosition([...rule.origin.path, 'delegate']),
    resource: resource.id,
  })
  return []
}

function whyNoDelegate(
  name: string,
  found: WrittenVirtualService | undefined,
  namespace: string,
): string | null {
  if (found === undefined) {
    return `there is no VirtualService ${name} without hosts to delegate to; write it, or remove the rule`
  }
  if (isVisibleIn(found.visibility, namespace)) return null
  return `VirtualService ${name} is not exported to namespace ${JSON.stringify(namespace)}; add it to its \`exportTo\``
}
