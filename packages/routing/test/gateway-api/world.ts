import type { Decision, Mesh } from '../../src/index.ts'
import { app, ask, caller, meshOf, target } from '../world.ts'
import type { Ask } from '../world.ts'

export interface RouteOptions {
  readonly kind?: 'HTTPRoute' | 'GRPCRoute'
  readonly name?: string
  readonly namespace?: string
  /** Default: the Service `shop`. */
  readonly parents?: string
  readonly hostnames?: string
  /** The rest of the metadata, as YAML. */
  readonly metadata?: string
}

/** A route with these rules, each of them YAML in flow style. */
export function route(
  rules: readonly string[],
  {
    kind = 'HTTPRoute',
    name = 'route',
    namespace = 'shop',
    parents = '[{ group: "", kind: Service, name: shop }]',
    hostnames,
    metadata,
  }: RouteOptions = {},
): string {
  return `
apiVersion: gateway.networking.k8s.io/v1
kind: ${kind}
metadata: { name: ${name}, namespace: ${namespace}${metadata === undefined ? '' : `, ${metadata}`} }
spec:
  parentRefs: ${parents}
${hostnames === undefined ? '' : `  hostnames: ${hostnames}\n`}  rules:
${rules.map((rule) => `  - ${rule}`).join('\n')}`
}

/** A rule that sends all that matches to a Service. */
export function to(backend: string, match?: string, rest = ''): string {
  const matches = match === undefined ? '' : `matches: [${match}], `
  return `{ ${matches}${rest}backendRefs: [{ name: ${backend}, port: 80 }] }`
}

/** A Gateway with these listeners, each of them YAML in flow style. */
export function kubernetesGateway(
  listeners: readonly string[],
  { name = 'edge', namespace = 'shop', className = 'istio', spec = '' } = {},
): string {
  return `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: ${name}, namespace: ${namespace} }
spec: { gatewayClassName: ${className}, ${spec} listeners: [${listeners.join(', ')}] }`
}

/** The Services `shop`, `a` and `b`, and the caller beside them. */
export function services(namespace = 'shop'): string[] {
  return ['shop', 'a', 'b'].map((name) => app(name, ['one'], { namespace }))
}

/** A mesh with those Services and a caller. */
export function meshWith(...documents: readonly string[]): Mesh {
  return meshOf(caller(), ...services(), ...documents)
}

/** The Service that a decision sends to; else what it does instead, in a few words. */
export function service(decision: Decision): string {
  return target(decision).replace(/^outbound\|\d+\|\|(.*)\.shop\.svc\.cluster\.local$/, '$1')
}

/** What the router of `edge` decides about a request. */
export function enter(mesh: Mesh, url: string, asked: Ask = {}): Decision {
  return ask(mesh, url, { from: 'gateway/shop/edge', ...asked })
}
