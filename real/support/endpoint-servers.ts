import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import { portOf } from '../../packages/cli/src/mesh/ports.ts'

/** What the server of an endpoint saw. */
export interface Arrived {
  /** `10.1.0.2:9080`, as the mesh calls the endpoint. */
  readonly endpoint: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
}

interface Address {
  readonly address: string | null
  readonly port: number
}

/** A server of this process for each endpoint of a mesh; it answers with what arrived. */
export class EndpointServers {
  readonly #servers = new Map<string, Server>()

  /** The endpoints with the addresses of the servers in place of their own. */
  async onLoopback<E extends Address>(endpoints: readonly E[]): Promise<(E & Address)[]> {
    const served = []
    for (const endpoint of endpoints) {
      const port = await this.#serve(`${endpoint.address}:${endpoint.port}`)
      served.push({ ...endpoint, address: '127.0.0.1', port })
    }
    return served
  }

  async #serve(endpoint: string): Promise<number> {
    const known = this.#servers.get(endpoint)
    if (known !== undefined) return portOf(known)
    const server = createServer((request, response) => {
      const arrived: Arrived = { endpoint, path: request.url ?? '', headers: request.headers }
      response.end(JSON.stringify(arrived))
    })
    this.#servers.set(endpoint, server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return portOf(server)
  }

  async close(): Promise<void> {
    for (const server of this.#servers.values()) {
      server.closeAllConnections()
      await once(server.close(), 'close')
    }
  }
}
