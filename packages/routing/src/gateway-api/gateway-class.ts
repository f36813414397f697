import { child, readOptionalString, rootOf } from '../manifest/read.ts'
import type { Report } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'

/** A GatewayClass: who runs the Gateways of its name. */
export interface GatewayClass {
  readonly name: string
  readonly controller: string
}

/** Reads a GatewayClass. */
export function readGatewayClass(resource: Resource, report: Report): GatewayClass {
  const spec = child(rootOf(resource, report), 'spec')
  return {
    name: resource.name,
    controller: readOptionalString(child(spec, 'controllerName')) ?? '',
  }
}

/**
 * Whose a Gateway is: `istio` runs routers; `other` is not modelled yet (waypoints, agentgateway, remote);
 * null: another program's (istio: gatewaycommon/classinfo.go, GetClassInfos).
 */
export function ownerOf(
  className: string,
  classes: readonly GatewayClass[],
): 'istio' | 'other' | null {
  const written = classes.find(({ name }) => name === className)
  const controller = written?.controller ?? builtIn.get(className)
  if (controller === 'istio.io/gateway-controller') return 'istio'
  return controller?.startsWith('istio.io/') === true ? 'other' : null
}

/** The classes that need not stand in the cluster. */
const builtIn = new Map([
  ['istio', 'istio.io/gateway-controller'],
  ['istio-remote', 'istio.io/unmanaged-gateway'],
  ['istio-waypoint', 'istio.io/mesh-controller'],
  ['istio-east-west', 'istio.io/eastwest-controller'],
])
