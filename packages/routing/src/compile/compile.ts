import type { Mesh } from '../mesh/mesh.ts'
import { buildClusters, oneAddressEach, oneEndpointEach } from './clusters.ts'
import type { EndpointSource } from './clusters.ts'
import { compileGateway, gatewayServices } from './gateway.ts'
import { buildNetwork } from './network.ts'
import type { ProxyConfig } from './proxy-config.ts'
import type { Proxy } from './proxy.ts'
import { compileSidecar } from './sidecar.ts'
import { sidecarScope } from './sidecar-scope.ts'

export interface CompileOptions {
  /**
   * Where the workloads answer. Default: a workload with replicas is one endpoint with the Service's target
   * port, and with the address that its manifest says, or null.
   */
  readonly endpoints?: EndpointSource
  /**
   * Whether addresses are shown that no manifest holds and a fixed rule makes up (see `assignAddresses`): in
   * the names of listeners, and as the endpoints' where `endpoints` is not given. Default: false; a listener
   * is then called by the Service's host or by the workload, as in `deployment/NAMESPACE/NAME`.
   */
  readonly showAssigned?: boolean
}

/**
 * Makes of the mesh what istiod would configure the proxy with: everything that does not depend on a single
 * request is decided here. Compile once, decide many times.
 *
 * @example
 * const proxy = findProxy(mesh, 'deployment/test-istio/testaaa-release')
 * if (proxy === undefined) throw new Error('no such workload')
 * const config = compile(mesh, proxy)
 */
export function compile(mesh: Mesh, proxy: Proxy, options: CompileOptions = {}): ProxyConfig {
  const { showAssigned = false } = options
  const source = options.endpoints ?? (showAssigned ? oneAddressEach : oneEndpointEach)
  const network = buildNetwork(mesh, proxy.namespace, source, showAssigned)
  if (proxy.type === 'gateway') {
    const services = gatewayServices(mesh, proxy)
    const clusters = buildClusters(mesh, proxy, services, source)
    return { proxy, ...compileGateway(mesh, proxy), clusters, network }
  }
  const clusters = buildClusters(mesh, proxy, sidecarScope(mesh, proxy).services, source)
  const routing = compileSidecar(
    mesh,
    proxy,
    showAssigned ? (address) => address : nameOfAddress(mesh),
  )
  return { proxy, ...routing, clusters, network }
}

/** What an address that is made up is called by. */
function nameOfAddress(mesh: Mesh): (address: string) => string {
  let names = assignedNames.get(mesh)
  if (names === undefined) {
    names = new Map<string, string>()
    for (const { addresses, hasAssignedAddress, host } of mesh.services) {
      if (hasAssignedAddress && addresses[0] !== undefined) names.set(addresses[0], host)
    }
    for (const { address, hasAssignedAddress, id } of mesh.workloads) {
      if (hasAssignedAddress) names.set(address, id)
    }
    assignedNames.set(mesh, names)
  }
  const known = names
  return (address) => known.get(address) ?? address
}

/** A mesh never changes. */
const assignedNames = new WeakMap<Mesh, Map<string, string>>()
