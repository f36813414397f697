import type { ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { Forward } from './forward.ts'
import { readResponseHeaders, readTrailers, readUpgradeHeaders } from './headers.ts'

// As a string a short body joins its head in one write, which costs a tenth of the whole request less;
// a long one would be copied for nothing.
const SHORT = 16_384

/**
 * One try at an upstream: undici's view of it, and the response's way to the client, at the pace of the
 * slower side. These are undici 7's raw callbacks: its newer ones build an object of all headers first,
 * which a proxy never looks at.
 */
export class Attempt implements Dispatcher.DispatchHandler {
  /** Whether a connection took the request, so that its head has left. */
  connected = false
  readonly #forward: Forward
  readonly #response: ServerResponse
  #abort: ((reason: Error) => void) | null = null
  #isCancelled = false
  #length: number | null = null
  #hasFlushed = false
  #isComplete = false
  #isWaiting = false
  #resume: () => void = () => {}

  constructor(forward: Forward) {
    this.#forward = forward
    this.#response = forward.exchange.response
  }

  /** Gives the try up: its connection is closed, and nothing is heard of it again. */
  cancel(): void {
    this.#isCancelled = true
    this.#abort?.(new Error('the request was given up'))
  }

  onConnect(abort: (reason?: Error) => void): void {
    this.connected = true
    this.#abort = abort
    if (this.#isCancelled) this.cancel()
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void): boolean {
    // Informational responses end here, as Envoy's do by default.
    if (status < 200) return true
    const { exchange } = this.#forward
    if (!this.#forward.accepts(this, status)) {
      this.cancel()
      return true
    }
    this.#resume = resume
    const hasBody = exchange.method !== 'HEAD' && status !== 204 && status !== 304
    const trailers = hasBody && exchange.request.httpVersionMinor === 1
    const { headers, length } = readResponseHeaders(raw, trailers)
    this.#length = length
    exchange.respond(status, headers)
    // undici takes a 304 with a content-length, which is legal, for one that breaks off.
    if (!hasBody) this.#complete()
    else process.nextTick(flush, this)
    return true
  }

  onData(chunk: Buffer): boolean {
    if (this.#isComplete) return true
    this.#forward.exchange.sent += chunk.length
    if (chunk.length === this.#length && chunk.length <= SHORT) {
      this.#complete(chunk.toString('latin1'))
      return true
    }
    this.#hasFlushed = true
    if (this.#response.write(chunk)) return true
    if (!this.#isWaiting) {
      this.#isWaiting = true
      this.#response.once('drain', () => {
        this.#isWaiting = false
        this.#resume()
      })
    }
    return false
  }

  onComplete(raw: readonly (Buffer | string)[] | null): void {
    if (this.#isComplete) return
    if (raw !== null && raw.length > 0) this.#response.addTrailers(readTrailers(raw))
    this.#complete()
  }

  onUpgrade(_status: number, raw: Buffer[] | string[] | null, socket: Duplex): void {
    // undici's connections are TCP sockets: nothing here gives it a connector of its own.
    if (socket instanceof Socket) this.#forward.switched(readUpgradeHeaders(raw ?? []), socket)
    else socket.destroy()
  }

  onError(error: Error): void {
    if (!this.#isCancelled) this.#forward.failed(this, error)
  }

  /** Sends the head of a response whose body takes its time: events, long polls. */
  flush(): void {
    if (this.#hasFlushed || this.#isComplete || this.#isCancelled) return
    this.#hasFlushed = true
    this.#response.flushHeaders()
  }

  #complete(body = ''): void {
    this.#isComplete = true
    this.#response.end(body, 'latin1')
    this.#forward.done()
  }
}

/** Runs once undici has parsed what came with the head: a short body leaves in the same packet. */
function flush(attempt: Attempt): void {
  attempt.flush()
}
