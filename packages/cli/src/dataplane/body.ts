import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'

/**
 * A request body that may be sent more than once. It flows through, at the pace of the slower side;
 * only its first `limit` bytes are kept for another try.
 */
export class RequestBody {
  /** Bytes read from the client. */
  bytes = 0
  /** Whether the client has sent all of it. */
  complete = false
  readonly #source: IncomingMessage
  readonly #limit: number
  #kept: Buffer[] | null = []
  #current: Readable | null = null

  /**
   * @param limit bytes to keep for retries; 0 keeps none.
   * @param onComplete called when the client has sent all of it.
   */
  constructor(source: IncomingMessage, limit: number, onComplete: () => void) {
    this.#source = source
    this.#limit = limit
    source.pause()
    source.on('data', (chunk: Buffer) => {
      this.#take(chunk)
    })
    source.on('end', () => {
      this.complete = true
      this.#current?.push(null)
      onComplete()
    })
  }

  /** Whether `open` can still give the whole body. */
  get replayable(): boolean {
    return this.#kept !== null
  }

  /** The body from its first byte, for one try. The stream before must have been destroyed. */
  open(): Readable {
    const stream = new Readable({
      highWaterMark: 65_536,
      read: () => {
        this.#source.resume()
      },
      destroy: (_error, done) => {
        if (this.#current === stream) {
          this.#current = null
          this.#source.pause()
        }
        // Whoever destroyed it knows why; an 'error' event would only look for a second listener.
        done(null)
      },
    })
    for (const chunk of this.#kept ?? []) stream.push(chunk)
    if (this.complete) stream.push(null)
    this.#current = stream
    return stream
  }

  /**
   * Reads what is left into nothing, as Node does with a body that nobody wants: else the client could
   * never send its next request on this connection.
   */
  discard(): void {
    this.#current = null
    this.#kept = null
    this.#source.resume()
  }

  #take(chunk: Buffer): void {
    this.bytes += chunk.length
    if (this.#kept !== null) {
      if (this.bytes > this.#limit) this.#kept = null
      else this.#kept.push(chunk)
    }
    if (this.#current !== null && !this.#current.push(chunk)) this.#source.pause()
  }
}
