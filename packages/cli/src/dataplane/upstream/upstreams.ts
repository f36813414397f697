import type { ResponseHandler, UpstreamRequest } from './exchange.ts'
import { Pool } from './pool.ts'
import { writeRequestHead } from './request-head.ts'

/**
 * Sends requests to endpoints over HTTP/1.1, one at a time on a connection. Connections are kept for the
 * next request; an endpoint that is asked no more is forgotten with its last one.
 *
 * It is here because it is most of what a local mesh costs: Node's server and undici's dispatch, with
 * nothing around them, take more CPU than the whole forwarder does (bench/dataplane.js).
 */
export class Upstreams {
  /** By address and port: a key of both would be built for each request. */
  readonly #pools = new Map<string, Map<number, Pool>>()

  /**
   * Sends a request.
   *
   * @throws {UnsendableError} where HTTP/1.1 cannot carry it.
   */
  send(request: UpstreamRequest, handler: ResponseHandler): void {
    const head = writeRequestHead(request)
    this.#poolOf(request.address, request.port).send(request, head, handler)
  }

  /** Closes all connections; resolves when they have closed. */
  async destroy(): Promise<void> {
    const closing: Promise<void>[] = []
    for (const byPort of this.#pools.values()) {
      for (const pool of byPort.values()) closing.push(pool.destroy())
    }
    await Promise.all(closing)
  }

  #poolOf(address: string, port: number): Pool {
    const known = this.#pools.get(address)?.get(port)
    if (known !== undefined) return known
    const byPort = this.#pools.get(address) ?? new Map<number, Pool>()
    const pool = new Pool(address, port, () => {
      byPort.delete(port)
      if (byPort.size === 0) this.#pools.delete(address)
    })
    this.#pools.set(address, byPort.set(port, pool))
    return pool
  }
}
