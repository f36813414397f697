import { createDataplane } from '../../packages/cli/src/dataplane/index.ts'
import type { Dataplane } from '../../packages/cli/src/dataplane/index.ts'
import { decide } from '../../packages/routing/src/index.ts'
import type { Cluster, Destination, ProxyConfig } from '../../packages/routing/src/index.ts'
import { EndpointServers } from './endpoint-servers.ts'
import type { Resources } from './resources.ts'

/** The data plane of `lanes up` that stands for one proxy after another, over the same servers as OneEnvoy. */
export class OneDataplane {
  readonly #dataplane: Dataplane = createDataplane()
  readonly #servers = new EndpointServers()

  static start(resources: Resources): OneDataplane {
    return resources.add(new OneDataplane(), async (one) => {
      await one.#dataplane.close(0)
      await one.#servers.close()
    })
  }

  /** Makes it this proxy; returns what opens the port that stands for a destination. */
  async become(config: ProxyConfig): Promise<(destination: Destination) => Promise<number>> {
    const clusters = new Map<string, Cluster>()
    for (const [name, cluster] of config.clusters)
      clusters.set(name, {
        ...cluster,
        endpoints: await this.#servers.onLoopback(cluster.endpoints),
      })
    const onLoopback = { ...config, clusters }
    return async (destination) => {
      const { port } = await this.#dataplane.listen({
        destination,
        decide: (request) => decide(onLoopback, request, { passed: false }),
      })
      return port
    }
  }
}
