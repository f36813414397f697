import { Connection } from './connection.ts'
import type { ConnectionOwner } from './connection.ts'
import type { ResponseHandler, UpstreamRequest } from './exchange.ts'

// A connection that has rested longer may have been closed meanwhile, with the news unread: a turn of the
// event loop brings them. In milliseconds.
const FRESH = 100

const SWEEP_INTERVAL = 1000

/** The connections to one endpoint: as many as there are requests at once. */
export class Pool implements ConnectionOwner {
  readonly #address: string
  readonly #port: number
  readonly #onEmpty: () => void
  readonly #all = new Set<Connection>()
  /** The last one released is the first one taken, so that the others can be given up. */
  readonly #idle: Connection[] = []
  #released: Connection[] = []
  /** Requests that wait for a turn of the event loop. */
  #waiting = 0
  #sweep: NodeJS.Timeout | undefined

  /** @param onEmpty called when the last connection is gone. */
  constructor(address: string, port: number, onEmpty: () => void) {
    this.#address = address
    this.#port = port
    this.#onEmpty = onEmpty
  }

  /** Sends a request on a connection that is free, or on a new one. */
  send(request: UpstreamRequest, head: string, handler: ResponseHandler): void {
    const now = performance.now()
    const connection = request.upgrade === null ? this.#takeIdle(now) : undefined
    if (connection === undefined) {
      this.#open(request.upgrade !== null).send(request, head, handler)
    } else if (now - connection.releasedAt < FRESH) {
      connection.send(request, head, handler)
    } else {
      this.#waiting += 1
      setImmediate(() => {
        this.#waiting -= 1
        if (handler.isCancelled) this.released(connection)
        else if (connection.isOpen) connection.send(request, head, handler)
        else this.send(request, head, handler)
        this.#endIfEmpty()
      })
    }
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

  #endIfEmpty(): void {
    if (this.#all.size > 0 || this.#waiting > 0) return
    clearTimeout(this.#sweep)
    this.#onEmpty()
  }

  #open(isTurnedOver: boolean): Connection {
    const connection = new Connection(this, this.#address, this.#port, isTurnedOver)
    this.#all.add(connection)
    return connection
  }

  #takeIdle(now: number): Connection | undefined {
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
