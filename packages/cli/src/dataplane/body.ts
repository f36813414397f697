import type { IncomingMessage } from 'node:http'

/** Where a body goes on one try. */
export interface BodySink {
  /** @returns false to have the body wait for `resume`. */
  write(chunk: Buffer): boolean
  end(): void
}

/**
 * A request body that may be sent more than once. It flows through, at the pace of the slower side;
 * only its first bytes are kept for another try.
 */
export class RequestBody {
  /** Whether it comes without a length, and so goes on. */
  readonly isChunked: boolean
  /** Bytes read from the client. */
  bytes = 0
  /** Whether the client has sent all of it. */
  complete = false
  readonly #source: IncomingMessage
  readonly #limit: number
  #kept: Buffer[] | null = []
  #sink: BodySink | null = null

  /**
   * @param limit bytes to keep for retries; 0 keeps none.
   * @param onComplete called when the client has sent all of it.
   */
  constructor(source: IncomingMessage, isChunked: boolean, limit: number, onComplete: () => void) {
    this.isChunked = isChunked
    this.#source = source
    this.#limit = limit
    source.pause()
    source.on('data', (chunk: Buffer) => {
      this.#take(chunk)
    })
    source.on('end', () => {
      this.complete = true
      this.#sink?.end()
      onComplete()
    })
  }

  /** Whether `open` can still give the whole body. */
  get replayable(): boolean {
    return this.#kept !== null
  }

  /** Gives the body from its first byte on, for one try. What was opened before gets no more of it. */
  open(sink: BodySink): void {
    this.#sink = sink
    let isTaken = true
    for (const chunk of this.#kept ?? []) isTaken = sink.write(chunk)
    if (this.complete) sink.end()
    else if (isTaken) this.#source.resume()
  }

  /** Nobody takes it any more: the client waits, until it is opened again or discarded. */
  close(): void {
    this.#sink = null
    this.#source.pause()
  }

  resume(): void {
    this.#source.resume()
  }

  /**
   * Reads what is left into nothing, as Node does with a body that nobody wants: else the client could
   * never send its next request on this connection.
   */
  discard(): void {
    this.#sink = null
    this.#kept = null
    this.#source.resume()
  }

  #take(chunk: Buffer): void {
    this.bytes += chunk.length
    if (this.#kept !== null) {
      if (this.bytes > this.#limit) this.#kept = null
      else this.#kept.push(chunk)
    }
    if (this.#sink !== null && !this.#sink.write(chunk)) this.#source.pause()
  }
}
