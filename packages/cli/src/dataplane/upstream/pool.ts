import { Connection } from './connection.ts'
import type { ConnectionOwner } from './connection.ts'
import type { ResponseHandler, UpstreamRequest } from './exchange.ts'

const SWEEP_INTERVAL = 1000

/** A request on a connection that was used before. */
interface Reuse {
  readonly connection: Connection
  readonly request: UpstreamRequest
  readonly head: string
  readonly handler: ResponseHandler
}

/** The connections to one endpoint: as many as there are requests at once. */
export class Pool implements ConnectionOwner {
  readonly #address: string
  readonly #port: number
  readonly #onEmpty: () => void
  readonly #all = new Set<Connection>()
  /** The last one released is the first one taken, so that the others can be given up. */
  readonly #idle: Connection[] = []
  #released: Connection[] = []
  #reuses: Reuse[] = []
  #sweep: NodeJS.Timeout | undefined

  /** @param onEmpty called when the last connection is gone. */
  constructor(address: string, port: number, onEmpty: () => void) {
    this.#address = address
    this.#port = port
    this.#onEmpty = onEmpty
  }

  /** Sends a request on a connection that is free, or on a new one. */
  send(request: UpstreamRequest, head: string, handler: ResponseHandler): void {
    const connection = request.upgrade === null ? this.#takeIdle() : undefined
    if (connection === undefined) {
      this.#open(request.upgrade !== null).send(request, head, handler)
      return
    }
    // That the endpoint has closed it may have come with the request, unread: this turn of the event loop
    // brings the news, and the request is not lost on a connection that is.
    this.#reuses.push({ connection, request, head, handler })
    if (this.#reuses.length === 1) setImmediate(() => this.#sendReuses())
  }

  released(connection: Connection): void {
    // Reusable from the next turn on: until then it shows whether more than the response came.
    this.#released.push(connection)
    if (this.#released.length === 1) setImmediate(() => this.#settle())
  }

  gone(connection: Connection): void {
    const at = this.#idle.indexOf(connection)
    if (at !== -1) this.#idle.splice(at, 1)
    this.#all.delete(connection)
    this.#endIfEmpty()
  }

  /** Closes all connections; resolves when they have closed. */
  async destroy(): Promise<void> {
    const closing = [...this.#all].map(async (connection) => {
      connection.destroy()
      await connection.closed()
    })
    await Promise.all(closing)
  }

  #sendReuses(): void {
    const reuses = this.#reuses
    this.#reuses = []
    for (const { connection, request, head, handler } of reuses) {
      if (handler.isCancelled) this.released(connection)
      else if (connection.isOpen) connection.send(request, head, handler)
      else this.send(request, head, handler)
    }
    this.#endIfEmpty()
  }

  #endIfEmpty(): void {
    if (this.#all.size > 0 || this.#reuses.length > 0) return
    clearTimeout(this.#sweep)
    this.#onEmpty()
  }

  #open(isTurnedOver: boolean): Connection {
    const connection = new Connection(this, this.#address, this.#port, isTurnedOver)
    this.#all.add(connection)
    return connection
  }

  #takeIdle(): Connection | undefined {
    const now = performance.now()
    for (;;) {
      const connection = this.#idle.pop()
      if (connection === undefined || !isExpired(connection, now)) return connection
      connection.destroy()
    }
  }

  #settle(): void {
    const now = performance.now()
    for (const connection of this.#released) {
      if (!connection.isOpen) continue
      connection.releasedAt = now
      this.#idle.push(connection)
    }
    this.#released = []
    this.#sweep ??= setTimeout(() => this.#closeExpired(), SWEEP_INTERVAL).unref()
  }

  #closeExpired(): void {
    const now = performance.now()
    for (const connection of this.#idle) {
      if (isExpired(connection, now)) connection.destroy()
    }
    if (this.#all.size > 0) this.#sweep?.refresh()
  }
}

function isExpired(connection: Connection, now: number): boolean {
  return !connection.isOpen || now - connection.releasedAt > connection.keepAlive
}
