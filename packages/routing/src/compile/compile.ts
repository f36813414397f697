import type { Mesh } from '../mesh/mesh.ts'
import { buildClusters, oneEndpointEach } from './clusters.ts'
import type { EndpointSource } from './clusters.ts'
import { compileGateway } from './gateway.ts'
import type { ProxyConfig } from './proxy-config.ts'
import type { Proxy } from './proxy.ts'
import { compileSidecar } from './sidecar.ts'

export interface CompileOptions {
  /**
   * Where the workloads answer. Default: a Deployment with replicas is one endpoint with address null
   * and the Service's target port.
   */
  readonly endpoints?: EndpointSource
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
  const clusters = buildClusters(mesh, proxy, options.endpoints ?? oneEndpointEach)
  const routing =
    proxy.type === 'gateway' ? compileGateway(mesh, proxy) : compileSidecar(mesh, proxy)
  return { proxy, ...routing, clusters }
}
