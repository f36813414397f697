import { formatPosition } from '../diagnostic.ts'
import type { Decision } from '../decision.ts'
import { clientTls } from '../mesh/client-tls.ts'
import type { DestinationRule } from '../mesh/destination-rule.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { tlsClash } from '../mesh/tls-clash.ts'

/**
 * The decision, with a warning where it goes to pods that do not take what a DestinationRule makes the proxy speak. Envoy
 * decides before it connects, and so such a request is forwarded, and answered 503.
 */
export function withTlsWarning(mesh: Mesh, decision: Decision): Decision {
  const { outcome, destinationRule } = decision
  if (destinationRule === null || (outcome.kind !== 'forward' && outcome.kind !== 'tcp'))
    return decision
  const rule = rulesOf(mesh).get(destinationRule.resource)
  const port = Number(outcome.cluster.split('|')[1])
  const tls = rule === undefined ? null : clientTls(rule.resource, outcome.subset, port)
  if (rule === undefined || tls === null) return decision
  for (const endpoint of outcome.endpoints) {
    const workload = mesh.workloads.find(
      ({ namespace, name }) => namespace === endpoint.namespace && name === endpoint.workload,
    )
    const because = workload === undefined ? null : tlsClash(mesh, workload, endpoint.port, tls)
    if (because === null) continue
    const place = formatPosition(rule.resource.position(tls.path))
    const warning =
      `${rule.resource.id} sets tls mode ${tls.mode} (${place}), and ${because}: ` +
      `the request is answered 503`
    return { ...decision, warnings: [...decision.warnings, warning] }
  }
  return decision
}

/** The rules by the names of their resources. */
function rulesOf(mesh: Mesh): ReadonlyMap<string, DestinationRule> {
  const known = byMesh.get(mesh)
  if (known !== undefined) return known
  const rules = new Map<string, DestinationRule>()
  const { local, exported } = mesh.destinationRules
  for (const namespaces of [local, exported])
    for (const byHost of namespaces.values())
      for (const merged of [...byHost.values()].flat())
        for (const one of [merged.rule, merged.policy])
          if (one !== null) rules.set(one.resource.id, one)
  byMesh.set(mesh, rules)
  return rules
}

/** A mesh never changes. */
const byMesh = new WeakMap<Mesh, ReadonlyMap<string, DestinationRule>>()
