import type { Labels } from '../../mesh/labels.ts'

/** Whether the labels are those of Istio's own parts, which its analyzers leave alone. */
export function isControlPlane(labels: Labels): boolean {
  return Object.hasOwn(labels, 'istio') || labels['release'] === 'istio'
}

/** Whether istiod made the object for a Kubernetes Gateway. */
export function isManagedByGateway(labels: Labels): boolean {
  return managers.has(labels['gateway.istio.io/managed'] ?? '')
}

/** Whether it is a waypoint. */
export function isWaypoint(labels: Labels): boolean {
  return labels['gateway.istio.io/managed'] === 'istio.io-mesh-controller'
}

const managers: ReadonlySet<string> = new Set([
  'istio.io-gateway-controller',
  'istio.io-mesh-controller',
  'istio.io-eastwest-controller',
])
