import {
  child,
  isPresent,
  isRecord,
  readList,
  readOptionalString,
  readPort,
  readString,
  readStringMap,
  readStrings,
  rootOf,
} from '../manifest/read.ts'
import type { Field, Report } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'
import { readCreation } from '../mesh/age.ts'
import { serviceHost } from '../mesh/host.ts'
import type { Labels } from '../mesh/labels.ts'
import { gatewayApiGroup, readReference } from './reference.ts'
import type { Reference } from './reference.ts'

/** A Gateway of the Gateway API, as it is written. */
export interface KubernetesGateway {
  readonly name: string
  readonly namespace: string
  readonly createdAt: number
  readonly className: string
  readonly listeners: readonly GatewayListener[]
  /** The Services whose pods it configures; null: istiod runs a router for it. */
  readonly services: readonly string[] | null
  /** What the router is called. */
  readonly routerName: string
  readonly resource: Resource
  readonly report: Report
}

/** One entry of `listeners`. */
export interface GatewayListener {
  readonly name: string
  readonly port: number
  /** As written: `HTTP`, `HTTPS`, `TLS`, `TCP`. */
  readonly protocol: string
  /** '' where the manifest names none: every host. */
  readonly hostname: string
  readonly allowed: AllowedRoutes
  readonly tls: ListenerTls | null
  readonly field: Field
}

/** The routes that may attach to a listener. */
interface AllowedRoutes {
  readonly from: 'All' | 'Same' | 'Selector' | 'None'
  readonly selector: LabelSelector | null
  /** Kinds of the Gateway API's own group; null: all that the protocol allows. */
  readonly kinds: ReadonlySet<string> | null
}

/** `tls` of a listener. */
export interface ListenerTls {
  readonly mode: 'Terminate' | 'Passthrough'
  /** `gateway.istio.io/tls-terminate-mode`. */
  readonly terminateMode: string | null
  readonly certificates: readonly Reference[]
}

/** A Kubernetes LabelSelector: all of its requirements must hold. */
export interface LabelSelector {
  readonly matchLabels: Labels
  readonly matchExpressions: readonly {
    readonly key: string
    readonly operator: string
    readonly values: readonly string[]
  }[]
}

/** Reads a Gateway with the API server's defaults. */
export function readKubernetesGateway(resource: Resource, report: Report): KubernetesGateway {
  const { name, namespace, annotations } = resource
  const spec = child(rootOf(resource, report), 'spec')
  const className = readString(child(spec, 'gatewayClassName'))
  return {
    name,
    namespace,
    createdAt: readCreation(resource, report),
    className,
    listeners: readList(child(spec, 'listeners')).map((field) => readListener(field)),
    services: readServices(child(spec, 'addresses'), namespace),
    routerName: annotations['gateway.istio.io/name-override'] ?? `${name}-${className}`,
    resource,
    report,
  }
}

/**
 * An address of type Hostname names a Service that is there already; with several addresses only those count
 * (istio: gatewaycommon, IsManaged; conversion.go, extractGatewayServices).
 */
function readServices(field: Field, namespace: string): string[] | null {
  const addresses = readList(field).map((address) => ({
    type: readOptionalString(child(address, 'type')),
    value: readOptionalString(child(address, 'value')) ?? '',
  }))
  const [only, ...others] = addresses
  if (only === undefined) return null
  if (others.length === 0 && only.type !== 'Hostname') return null
  return addresses
    .filter(({ type }) => type === null || type === 'Hostname')
    .map(({ value }) => (value.includes('.') ? value : serviceHost(value, namespace)))
}

function readListener(field: Field): GatewayListener {
  const tls = child(field, 'tls')
  return {
    name: readString(child(field, 'name')),
    port: readPort(child(field, 'port')),
    protocol: readString(child(field, 'protocol')),
    hostname: readOptionalString(child(field, 'hostname')) ?? '',
    allowed: readAllowed(child(field, 'allowedRoutes')),
    tls: isPresent(tls) ? readTls(tls) : null,
    field,
  }
}

function readAllowed(field: Field): AllowedRoutes {
  const namespaces = child(field, 'namespaces')
  const from = readOptionalString(child(namespaces, 'from'))
  const selector = child(namespaces, 'selector')
  const kinds = readList(child(field, 'kinds')).map((kind) => ({
    group: readOptionalString(child(kind, 'group')) ?? gatewayApiGroup,
    kind: readString(child(kind, 'kind')),
  }))
  return {
    from: from === 'All' || from === 'Selector' || from === 'None' ? from : 'Same',
    selector: isPresent(selector) ? readSelector(selector) : null,
    kinds:
      kinds.length === 0
        ? null
        : new Set(kinds.flatMap(({ group, kind }) => (group === gatewayApiGroup ? [kind] : []))),
  }
}

function readTls(field: Field): ListenerTls {
  const options = child(field, 'options')
  const mode = isRecord(options.value)
    ? readOptionalString(child(options, 'gateway.istio.io/tls-terminate-mode'))
    : null
  return {
    mode: readOptionalString(child(field, 'mode')) === 'Passthrough' ? 'Passthrough' : 'Terminate',
    terminateMode: mode,
    certificates: readList(child(field, 'certificateRefs')).map((reference) =>
      readReference(reference, '', 'Secret'),
    ),
  }
}

function readSelector(field: Field): LabelSelector {
  return {
    matchLabels: readStringMap(child(field, 'matchLabels')),
    matchExpressions: readList(child(field, 'matchExpressions')).map((expression) => ({
      key: readString(child(expression, 'key')),
      operator: readString(child(expression, 'operator')),
      values: readStrings(child(expression, 'values')),
    })),
  }
}
