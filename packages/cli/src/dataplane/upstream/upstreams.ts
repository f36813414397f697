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
  readonly #pools = new Map<string, Pool>()

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
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()))
  }

  #poolOf(address: string, port: number): Pool {
    const key = `${address} ${port}`
    const known = this.#pools.get(key)
    if (known !== undefined) return known
    const pool = new Pool(address, port, () => this.#pools.delete(key))
    this.#pools.set(key, pool)
    return pool
  }
}
