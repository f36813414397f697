import { attempt, child, rootOf } from '../../manifest/read.ts'
import type { Field, Report } from '../../manifest/read.ts'
import type { Resource } from '../../manifest/resource.ts'
import { checkDestinationRule } from './destination-rule.ts'
import { checkGateway } from './gateway.ts'
import { checkServiceEntry } from './service-entry.ts'
import { checkSidecar } from './sidecar.ts'
import { checkVirtualService } from './virtual-service.ts'
import { checkWorkloadEntry } from './workload-entry.ts'

/**
 * Reports what istiod's validating webhook refuses in an object of Istio's API (`refused`); such an object
 * never comes to be in a cluster. What only warns there is the linter's. Not looked at: whether the
 * localities of a load balancer overlap, and ALPN, ciphers and names of secrets.
 *
 * Source: istio, pkg/config/validation/validation.go.
 *
 * @param resource one whose types are right
 */
export function checkAsWebhook(resource: Resource, kind: string, report: Report): void {
  const check = checks.get(kind)
  if (check === undefined) return
  const root = rootOf(resource, report)
  attempt(() => check(child(root, 'spec'), resource.namespace, root))
}

/** Whether it is a kind of Istio's API, whose objects the webhook is asked about. */
export function isOfIstio(kind: string): boolean {
  return checks.has(kind)
}

type Check = (spec: Field, namespace: string, root: Field) => void

const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['VirtualService', checkVirtualService],
  ['DestinationRule', checkDestinationRule],
  ['Gateway', (spec, _, root) => checkGateway(spec, child(child(root, 'metadata'), 'name'))],
  ['ServiceEntry', checkServiceEntry],
  ['WorkloadEntry', (spec) => checkWorkloadEntry(spec, { ports: null, mayBeName: true })],
  ['Sidecar', checkSidecar],
  // Of it the CRD says all that matters.
  ['PeerAuthentication', () => {}],
])
