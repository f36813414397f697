import type { Mesh } from '../mesh/mesh.ts'
import type { Service } from '../mesh/service.ts'
import { buildClusters, oneAddressEach, oneEndpointEach } from './clusters.ts'
import type { EndpointSource } from './clusters.ts'
import { compileGateway, gatewayServices } from './gateway.ts'
import { buildNetwork } from './network.ts'
import type { Network, ProxyConfig } from './proxy-config.ts'
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
   * is then called by the Service's host.
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
  const { pathNormalization } = mesh.config
  const networkWith = (known: ReadonlyMap<string, Service>): Network =>
    buildNetwork(mesh, proxy.namespace, known, source, showAssigned)
  if (proxy.type === 'gateway') {
    // A router dials nothing by name.
    const network = networkWith(new Map())
    const services = gatewayServices(mesh, proxy)
    const clusters = buildClusters(mesh, proxy, services, source)
    return { proxy, ...compileGateway(mesh, proxy), clusters, network, pathNormalization }
  }
  const scope = sidecarScope(mesh, proxy)
  const network = networkWith(scope.servicesByHost)
  const clusters = buildClusters(mesh, proxy, scope.services, source)
  const hidden = showAssigned ? new Set<string>() : assignedAddresses(mesh)
  const routing = compileSidecar(mesh, proxy, (address) => !hidden.has(address))
  return { proxy, ...routing, clusters, network, pathNormalization }
}

/** The addresses that no manifest holds. */
function assignedAddresses(mesh: Mesh): ReadonlySet<string> {
  const known = assigned.get(mesh)
  if (known !== undefined) return known
  const addresses = new Set<string>()
  for (const service of mesh.services) {
    if (service.hasAssignedAddress) for (const one of service.addresses) addresses.add(one)
  }
  for (const { address, hasAssignedAddress } of mesh.workloads) {
    if (hasAssignedAddress) addresses.add(address)
  }
  assigned.set(mesh, addresses)
  return addresses
}

/** A mesh never changes. */
const assigned = new WeakMap<Mesh, ReadonlySet<string>>()
