import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Forward } from './forward.ts'
import { readResponseHeaders, readTrailers } from './headers.ts'
import type { Connection, ResponseHandler, ResponseHead } from './upstream/index.ts'

// As a string a short body joins its head in one write, which costs a tenth of the whole request less;
// a long one would be copied for nothing.
const SHORT = 16_384

/** One try at an upstream, and the response's way to the client, at the pace of the slower side. */
export class Attempt implements ResponseHandler {
  connection: Connection | null = null
  isCancelled = false
  /** Whether a connection took the request, so that its head has left. */
  connected = false
  readonly #forward: Forward
  readonly #response: ServerResponse
  #length: number | null = null
  #hasFlushed = false
  #isComplete = false
  #isWaiting = false

  constructor(forward: Forward) {
    this.#forward = forward
    this.#response = forward.exchange.response
  }

  /** Gives the try up: its connection is closed, and nothing is heard of it again. */
  cancel(): void {
    this.isCancelled = true
    this.connection?.cancel(this)
  }

  onSend(): void {
    this.connected = true
  }

  onHead({ status, fields, length }: ResponseHead): void {
    const { exchange } = this.#forward
    if (!this.#forward.accepts(this, status)) {
      this.cancel()
      return
    }
    this.#length = length
    const hasBody = exchange.method !== 'HEAD' && status !== 204 && status !== 304
    const trailers = hasBody && length === null && exchange.request.httpVersionMinor === 1
    exchange.respond(status, readResponseHeaders(fields, trailers))
  }

  onBody(chunk: Buffer): void {
    if (this.isCancelled) return
    this.#forward.exchange.sent += chunk.length
    if (chunk.length === this.#length && chunk.length <= SHORT) {
      this.#complete(chunk.toString('latin1'))
      return
    }
    this.#hasFlushed = true
    if (this.#response.write(Buffer.from(chunk)) || this.#isWaiting) return
    this.#isWaiting = true
    this.connection?.pause()
    this.#response.once('drain', () => {
      this.#isWaiting = false
      this.connection?.resume()
    })
  }

  /** Sends the head of a response whose body takes its time: events, long polls. */
  onWait(): void {
    if (this.#hasFlushed || this.isCancelled || !this.#response.headersSent) return
    this.#hasFlushed = true
    this.#response.flushHeaders()
  }

  onEnd(trailers: readonly string[]): void {
    if (this.#isComplete || this.isCancelled) return
    if (trailers.length > 0) this.#response.addTrailers(readTrailers(trailers))
    this.#complete()
  }

  onUpgrade({ fields }: ResponseHead, socket: Socket): void {
    this.#forward.switched([...fields], socket)
  }

  onError(error: Error): void {
    if (!this.isCancelled) this.#forward.failed(this, error)
  }

  #complete(body = ''): void {
    this.#isComplete = true
    const response = this.#response
    const { socket } = response
    if (body !== '' && socket !== null) {
      // Node's `end` would write a second, empty piece: a whole gather, where one plain write does.
      socket.cork()
      response.write(body, 'latin1')
      socket.uncork()
      response.end()
    } else {
      response.end(body, 'latin1')
    }
    this.#forward.done()
  }
}
