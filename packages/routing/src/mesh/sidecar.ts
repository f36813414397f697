import {
  attempt,
  child,
  isPresent,
  readList,
  readOptionalPort,
  readString,
  readStringMap,
  readStrings,
  readText,
  refuse,
  rootOf,
} from '../manifest/read.ts'
import type { Field, Report } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'
import { readCreation } from './age.ts'
import { readDestination } from './destination.ts'
import type { Destination } from './destination.ts'
import type { Labels } from './labels.ts'
import { readOutboundMode } from './mesh-config.ts'
import type { OutboundMode } from './mesh-config.ts'
import { parseProtocol } from './protocol.ts'
import type { Protocol } from './protocol.ts'

/** An Istio Sidecar: what the proxies of some workloads know of the mesh. */
export interface Sidecar {
  readonly name: string
  readonly namespace: string
  readonly createdAt: number
  /** null: every workload of the namespace. */
  readonly workloadSelector: Labels | null
  /** Empty: one listener that knows everything. */
  readonly egress: readonly Egress[]
  /** null: as the mesh config says. */
  readonly outbound: OutboundPolicy | null
  readonly resource: Resource
}

/** One `egress[]` entry. */
export interface Egress {
  /** `NAMESPACE/HOST`; the namespace may be `*`, `.` or begin with `~`, which excludes. */
  readonly hosts: readonly string[]
  /** null: every port that its Services have and no entry before it takes. */
  readonly port: EgressPort | null
  /** An address or `unix://PATH`; null: as the traffic is dialled. */
  readonly bind: string | null
  /** Whether clients connect to the listener's own address, past iptables. */
  readonly isBound: boolean
}

interface EgressPort {
  readonly number: number
  readonly name: string | null
  readonly protocol: Protocol
}

/** What becomes of what the proxy does not know. */
export interface OutboundPolicy {
  readonly mode: OutboundMode
  /** Where it is sent in place of where it was dialled. */
  readonly egressProxy: Destination | null
}

/** Reads a Sidecar; an entry that cannot be read is left out. */
export function readSidecar(resource: Resource, report: Report): Sidecar {
  const { name, namespace } = resource
  const spec = child(rootOf(resource, report), 'spec')
  const selector = child(spec, 'workloadSelector')
  const policy = child(spec, 'outboundTrafficPolicy')
  return {
    name,
    namespace,
    createdAt: readCreation(resource, report),
    workloadSelector: isPresent(selector) ? readStringMap(child(selector, 'labels')) : null,
    egress: readList(child(spec, 'egress')).flatMap((entry) => {
      const egress = attempt(() => readEgress(entry))
      return egress === undefined ? [] : [egress]
    }),
    outbound: isPresent(policy) ? readPolicy(policy, namespace) : null,
    resource,
  }
}

function readEgress(field: Field): Egress {
  const port = child(field, 'port')
  const bind = readText(child(field, 'bind'))
  const capture = readCapture(child(field, 'captureMode'))
  return {
    hosts: readStrings(child(field, 'hosts')),
    port: isPresent(port) ? readEgressPort(port) : null,
    bind,
    isBound: capture === 'NONE' || bind?.startsWith('unix://') === true,
  }
}

function readEgressPort(field: Field): EgressPort {
  return {
    number: readOptionalPort(child(field, 'number')) ?? 0,
    name: readText(child(field, 'name')),
    protocol: parseProtocol(readString(child(field, 'protocol'))),
  }
}

function readCapture(field: Field): string {
  const written = readText(field) ?? 'DEFAULT'
  if (['DEFAULT', 'IPTABLES', 'NONE'].includes(written)) return written
  return refuse(field, `must be DEFAULT, IPTABLES or NONE, got ${JSON.stringify(written)}`)
}

function readPolicy(field: Field, namespace: string): OutboundPolicy {
  const proxy = child(field, 'egressProxy')
  return {
    // Where a Sidecar names a policy without a mode, protobuf's first one counts.
    mode: readOutboundMode(child(field, 'mode')) ?? 'REGISTRY_ONLY',
    egressProxy: isPresent(proxy) ? readDestination(proxy, namespace) : null,
  }
}
