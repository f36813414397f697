import { compile, decide, dnsNames, findProxy } from '@traffic-lanes/routing'
import type {
  Decision,
  Destination,
  Proxy,
  ProxyConfig,
  Request,
  Service,
  ServicePort,
} from '@traffic-lanes/routing'
import type { AccessLogEntry, Dataplane, Listener } from '../dataplane/index.ts'
import type { MeshProxy, MeshState } from './mesh-proxy.ts'
import type { NameTable } from './names.ts'
import { listenTcp } from './tcp.ts'
import type { TcpListener } from './tcp.ts'

/**
 * A sidecar or a gateway in this process: its configuration and its listeners. The configuration is compiled when a
 * request first needs it, so that a burst of changes costs one compilation.
 */
export class NodeProxy implements MeshProxy {
  /** As the manifests have it now; as they had it last where they no longer do. */
  #proxy: Proxy
  readonly #dataplane: Dataplane
  readonly #onRequest: (entry: AccessLogEntry) => void
  readonly #listeners = new Map<string, Listener | TcpListener>()
  #state: MeshState
  #config: ProxyConfig | undefined
  #httpProxy: Listener | undefined

  constructor(
    proxy: Proxy,
    dataplane: Dataplane,
    state: MeshState,
    onRequest: (entry: AccessLogEntry) => void,
  ) {
    this.#proxy = proxy
    this.#dataplane = dataplane
    this.#state = state
    this.#onRequest = onRequest
  }

  async update(state: MeshState): Promise<void> {
    this.#state = state
    this.#proxy = findProxy(state.mesh, this.#proxy.id) ?? this.#proxy
    this.#config = undefined
  }

  readonly decide = (request: Request): Decision => {
    this.#config ??= compile(this.#state.mesh, this.#proxy, { endpoints: this.#state.endpoints })
    return decide(this.#config, request, { passed: false })
  }

  listenGateway(port: number, local: number): Promise<Listener> {
    return this.#listen({ port }, local)
  }

  async syncServices(): Promise<NameTable> {
    const table: Record<string, Record<string, number>> = {}
    const wanted = new Set<string>()
    for (const service of this.#state.mesh.services) {
      const ports: Record<string, number> = {}
      for (const port of service.ports) {
        if (port.protocol === 'udp') continue
        const key = `${service.host}:${port.port}:${isHttp(port) ? 'http' : 'tcp'}`
        wanted.add(key)
        const listener = this.#listeners.get(key) ?? (await this.#listenService(service, port))
        this.#listeners.set(key, listener)
        ports[port.port] = listener.port
      }
      for (const name of dnsNames(service, this.#proxy.namespace)) table[name] = ports
    }
    for (const [key, listener] of this.#listeners) {
      if (wanted.has(key)) continue
      this.#listeners.delete(key)
      // Its running requests finish; nothing waits for them.
      void listener.close()
    }
    return table
  }

  async openHttpProxy(): Promise<number> {
    this.#httpProxy ??= await this.#dataplane.listenProxy({
      host: '127.0.0.1',
      port: 0,
      decide: this.decide,
      onRequest: this.#onRequest,
    })
    return this.#httpProxy.port
  }

  async close(): Promise<void> {
    const all = [...this.#listeners.values(), ...(this.#httpProxy ? [this.#httpProxy] : [])]
    await Promise.all(all.map((listener) => listener.close()))
  }

  async abort(): Promise<void> {
    for (const listener of this.#listeners.values()) listener.abort()
    this.#httpProxy?.abort()
  }

  async #listenService(service: Service, port: ServicePort): Promise<Listener | TcpListener> {
    const destination = { address: service.host, port: port.port }
    if (isHttp(port)) return this.#listen(destination, 0)
    return listenTcp(() => {
      const { outcome } = this.decide({ method: 'CONNECT', url: '/', headers: [], destination })
      if (!('endpoints' in outcome)) return undefined
      const usable = outcome.endpoints.filter(({ address }) => address !== null)
      const endpoint = usable[Math.floor(Math.random() * usable.length)]
      return endpoint?.address ? { host: endpoint.address, port: endpoint.port } : undefined
    })
  }

  #listen(destination: Destination, port: number): Promise<Listener> {
    return this.#dataplane.listen({
      host: '127.0.0.1',
      port,
      destination,
      decide: this.decide,
      onRequest: this.#onRequest,
    })
  }
}

/**
 * Whether requests on the port are routed one by one. A sniffed port is taken for HTTP; HTTP/2 and gRPC
 * are carried as bytes here (plan.ts says so), grpc-web is HTTP/1.1 with another body.
 */
function isHttp({ protocol }: ServicePort): boolean {
  return protocol === 'http' || protocol === 'grpc-web' || protocol === 'auto'
}
