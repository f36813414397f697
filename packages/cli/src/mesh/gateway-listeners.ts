import type { LocalMeshConfig } from '../config.ts'
import type { Listener } from '../dataplane/index.ts'
import { portError } from './gateways.ts'
import type { MeshProxy } from './mesh-proxy.ts'
import type { Reporter } from './reporter.ts'

/** The gateways of the mesh, and the ports of this machine that stand for theirs. */
export class GatewayListeners {
  readonly #proxyFor: (id: string) => MeshProxy
  readonly #listening: Reporter['listening']
  readonly #proxies = new Map<string, MeshProxy>()
  /** `NAMESPACE/NAME:PORT` -> what stands for it; `local` as lanes.yaml says it. */
  readonly #open = new Map<string, { readonly local: number; readonly listener: Listener }>()

  constructor(proxyFor: (id: string) => MeshProxy, listening: Reporter['listening']) {
    this.#proxyFor = proxyFor
    this.#listening = listening
  }

  get proxies(): readonly MeshProxy[] {
    return [...this.#proxies.values()]
  }

  /** The port of this machine that stands for a gateway's port. */
  port(gateway: string, port: number): number | undefined {
    return this.#open.get(`${gateway}:${port}`)?.listener.port
  }

  /**
   * Opens what lanes.yaml lists and is not open yet, and closes what it no longer lists.
   *
   * @throws CliError (exit code 1) where a port is taken.
   */
  async sync({ gateways }: LocalMeshConfig): Promise<void> {
    const wanted = gateways.flatMap(({ gateway, listen }) =>
      listen.map((entry) => ({ gateway, ...entry, key: `${gateway}:${entry.port}` })),
    )
    for (const { gateway, port, local, position, key } of wanted) {
      const before = this.#open.get(key)
      if (before?.local === local) continue
      const proxy = this.#proxies.get(gateway) ?? this.#proxyFor(`gateway/${gateway}`)
      this.#proxies.set(gateway, proxy)
      const listener = await proxy.listenGateway(port, local).catch((error: unknown) => {
        throw portError(
          error,
          `${position}: port ${local} of 127.0.0.1, which stands for port ${port} of gateway ${gateway},`,
        )
      })
      this.#open.set(key, { local, listener })
      this.#listening(gateway, port, listener.port)
      // Only now, so that a port that cannot be had leaves the one that there is. Its requests finish.
      void before?.listener.close()
    }
    for (const [key, { listener }] of this.#open) {
      if (wanted.some((each) => each.key === key)) continue
      this.#open.delete(key)
      void listener.close()
    }
  }

  /** Cuts every connection off. */
  abort(): void {
    for (const { listener } of this.#open.values()) listener.abort()
  }
}
