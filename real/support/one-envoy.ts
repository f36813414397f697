import { EnvoyAdmin } from '../../packages/cli/src/envoy/admin.ts'
import { dynamicBootstrap } from '../../packages/cli/src/envoy/bootstrap.ts'
import { discoveryOf, versionsOf } from '../../packages/cli/src/envoy/discovery.ts'
import { flatListeners } from '../../packages/cli/src/envoy/flat-listener.ts'
import { envoyResources } from '../../packages/cli/src/envoy/resources.ts'
import { TrafficPolicies } from '../../packages/cli/src/envoy/traffic-policy.ts'
import { XdsServer } from '../../packages/cli/src/envoy/xds-server.ts'
import { isTaken, reservePort } from '../../packages/cli/src/mesh/ports.ts'
import type { ProxyConfig, Resource } from '../../packages/routing/src/index.ts'
import { EndpointServers } from './endpoint-servers.ts'
import { startEnvoy } from './envoy.ts'
import type { Resources } from './resources.ts'

const NODE = 'gateway/conformance/proxy'

/**
 * One Envoy that stands for one proxy after another: it takes what `lanes up` would hand it, and every
 * endpoint of the mesh is a server of this process.
 */
export class OneEnvoy {
  readonly #xds: XdsServer
  readonly #admin: EnvoyAdmin
  readonly #ports = new Set<number>()
  readonly #servers = new EndpointServers()

  private constructor(xds: XdsServer, admin: EnvoyAdmin) {
    this.#xds = xds
    this.#admin = admin
  }

  static async start(resources: Resources, program: string): Promise<OneEnvoy> {
    const xds = resources.add(new XdsServer(), (one) => one.close())
    await xds.listen()
    const sources = { listeners: xds.source, clusters: xds.source, asked: [xds.cluster] }
    const admin = { address: '127.0.0.1', port: 0 }
    const bootstrap = JSON.stringify(dynamicBootstrap(NODE, { admin }, sources))
    const nothing = { id: NODE, listeners: [], routeConfigs: new Map(), clusters: [] }
    xds.set(NODE, discoveryOf(nothing, { routes: () => xds.source, endpoints: null }))
    const { adminAddress } = await startEnvoy(resources, program, bootstrap)
    const envoy = new OneEnvoy(xds, new EnvoyAdmin(adminAddress))
    return resources.add(envoy, (one) => one.#servers.close())
  }

  /** Makes it this proxy; returns the local port of each of its listeners, by the listener's name. */
  async become(config: ProxyConfig, manifests: readonly Resource[]): Promise<Map<string, number>> {
    const ports = new Map<string, number>()
    const bindings = []
    for (const listener of flatListeners(config).filter(({ endsTls }) => !endsTls)) {
      const port = await reservePort(this.#ports)
      ports.set(listener.name, port)
      const bind = { address: '127.0.0.1', port }
      const passthrough = { refuse: 'passthrough' }
      bindings.push({ name: `${listener.name}:${port}`, listener, bind, passthrough })
    }
    const made = envoyResources(config, bindings, new TrafficPolicies(manifests))
    const clusters = []
    for (const cluster of made.clusters) {
      const endpoints = await this.#servers.onLoopback(cluster.endpoints)
      clusters.push({ ...cluster, endpoints })
    }
    const discovery = discoveryOf(
      { ...made, clusters },
      { routes: () => this.#xds.source, endpoints: null },
    )
    this.#xds.set(NODE, discovery)
    const took = await this.#admin.runsOn(versionsOf(discovery), new AbortController().signal)
    if (!took) throw new Error('Envoy does not take this configuration')
    for (const port of ports.values())
      if (!(await isTaken(port))) throw new Error(`Envoy does not listen on ${port}`)
    return ports
  }
}
