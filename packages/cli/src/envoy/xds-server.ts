import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { isRecord } from '../mesh/container.ts'
import { portOf } from '../mesh/ports.ts'
import { staticClusterAt } from './cluster.ts'
import type { Discovery, DiscoveryResponse } from './discovery.ts'
import type { JsonObject } from './json.ts'

/** Envoy asks again after so long where a request failed or was answered. */
const REFRESH_DELAY = '0.010s'
/** A request that nobody answers is given up by Envoy after so long, and sent again. */
const REQUEST_TIMEOUT = '3600s'

/** A question that waits for news. */
interface Waiting {
  readonly proxy: string
  readonly path: string
  readonly names: readonly string[]
  readonly version: string
  readonly response: ServerResponse
}

/**
 * Hands Envoys their configuration: xDS as REST and JSON, on 127.0.0.1. An Envoy that has the newest is
 * answered when there is something newer. Files would do as well, were it not that each one that is followed
 * costs one of the 128 inotify instances that Linux gives a user.
 */
export class XdsServer {
  readonly #server = createServer((request, response) => void this.#take(request, response))
  readonly #discoveries = new Map<string, Discovery>()
  readonly #waiting = new Set<Waiting>()

  /** Opens a free port. */
  async listen(): Promise<void> {
    // Questions wait for as long as nothing changes.
    this.#server.requestTimeout = 0
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  /** Where Envoy finds the server: a cluster of its bootstrap. */
  get cluster(): JsonObject {
    return staticClusterAt('xds', { address: '127.0.0.1', port: portOf(this.#server) })
  }

  /** A ConfigSource that asks this server. */
  readonly source: JsonObject = {
    api_config_source: {
      api_type: 'REST',
      transport_api_version: 'V3',
      cluster_names: ['xds'],
      refresh_delay: REFRESH_DELAY,
      request_timeout: REQUEST_TIMEOUT,
    },
    resource_api_version: 'V3',
  }

  /** What the Envoy with this node id runs on from now on. */
  set(proxy: string, discovery: Discovery): void {
    this.#discoveries.set(proxy, discovery)
    for (const waiting of this.#waiting) if (waiting.proxy === proxy) this.#tryAnswer(waiting)
  }

  /** Cuts the Envoys off; they go on with what they have. */
  async close(): Promise<void> {
    if (!this.#server.listening) return
    this.#server.closeAllConnections()
    await once(this.#server.close(), 'close')
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked: unknown = await json(request).catch(() => undefined)
    const node = isRecord(asked) ? asked['node'] : undefined
    if (!isRecord(asked) || !isRecord(node)) {
      response.writeHead(400).end()
      return
    }
    const { resource_names: names, version_info: version } = asked
    const waiting: Waiting = {
      proxy: String(node['id']),
      path: request.url ?? '',
      names: Array.isArray(names) ? names.map(String) : [],
      version: typeof version === 'string' ? version : '',
      response,
    }
    response.once('close', () => this.#waiting.delete(waiting))
    this.#waiting.add(waiting)
    this.#tryAnswer(waiting)
  }

  #tryAnswer(waiting: Waiting): void {
    const discovery = this.#discoveries.get(waiting.proxy)
    const found = discovery === undefined ? undefined : find(discovery, waiting)
    if (found === undefined || found.version_info === waiting.version) return
    this.#waiting.delete(waiting)
    waiting.response.writeHead(200, { 'content-type': 'application/json' })
    waiting.response.end(JSON.stringify(found))
  }
}

function find(discovery: Discovery, { path, names }: Waiting): DiscoveryResponse | undefined {
  const [name = ''] = names
  if (path === '/v3/discovery:listeners') return discovery.listeners
  if (path === '/v3/discovery:clusters') return discovery.clusters
  if (path === '/v3/discovery:routes') return discovery.routes.get(name)
  return path === '/v3/discovery:endpoints' ? discovery.endpoints.get(name) : undefined
}
