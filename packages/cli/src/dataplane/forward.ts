import type { Socket } from 'node:net'
import type { Endpoint, Retries } from '@traffic-lanes/routing'
import { messageOf } from '../errors.ts'
import { Attempt } from './attempt.ts'
import { RequestBody } from './body.ts'
import type { Exchange } from './exchange.ts'
import { failureOf, PER_TRY_TIMEOUT, RESPONSE_TIMEOUT, unknownAddress } from './failure.ts'
import type { Failure } from './failure.ts'
import { upstreamHeaders } from './headers.ts'
import { backOff, retriesFailure, retriesStatus } from './retry.ts'
import { after } from './timer.ts'
import { joinSockets } from './tunnel.ts'

// How much of a body is kept for another try. Envoy's limit is its buffer's, 1 MiB; one full read of a
// socket is enough here, and a hundred uploads do not fill a developer's machine.
const REPLAY_LIMIT = 65_536

/**
 * Brings a request to one of a cluster's endpoints: picks, tries, times out and tries again, as Envoy's
 * router filter does. Once the response's head has gone to the client nothing is tried again.
 */
export class Forward {
  readonly exchange: Exchange
  readonly #cluster: string
  readonly #endpoints: readonly Endpoint[]
  readonly #retries: Retries | null
  readonly #tried: Endpoint[] = []
  readonly #path: string
  readonly #headers: string[]
  readonly #body: RequestBody | null
  #attempt: Attempt | null = null
  #retriesLeft: number
  #hasResponded = false
  #isOver = false
  #timeout: NodeJS.Timeout | undefined
  #perTryTimeout: NodeJS.Timeout | undefined
  #backOff: NodeJS.Timeout | undefined

  constructor(exchange: Exchange, cluster: string, endpoints: readonly Endpoint[]) {
    const { decision, target } = exchange
    this.exchange = exchange
    this.#cluster = cluster
    this.#endpoints = endpoints
    this.#retries = decision?.retries ?? null
    this.#retriesLeft = this.#retries?.attempts ?? 0
    this.#path = decision?.rewrite.path ?? target.path
    this.#headers = upstreamHeaders(target.headers, decision)
    this.#body = this.#openBody()
  }

  /** Bytes of the request's body that were read. */
  get received(): number {
    return this.#body?.bytes ?? 0
  }

  start(): void {
    if (this.#body === null) this.#startTimeout()
    this.#try()
  }

  /** Whether the client gets this response; false where the request is tried again instead. */
  accepts(attempt: Attempt, status: number): boolean {
    if (attempt !== this.#attempt) return false
    clearTimeout(this.#perTryTimeout)
    if (this.#retries !== null && retriesStatus(this.#retries, status) && this.#retry())
      return false
    this.#hasResponded = true
    return true
  }

  /** The response is complete. */
  done(): void {
    this.#attempt = null
    this.#stop()
  }

  failed(attempt: Attempt, error: Error): void {
    if (attempt !== this.#attempt) return
    if (this.#hasResponded) {
      this.#attempt = null
      this.#stop()
      const detail = 'upstream_reset_after_response_started{connection_termination}'
      this.exchange.cutOff('UC', detail)
      return
    }
    this.#fail(failureOf(error, attempt.connected), attempt.connected)
  }

  /** The upstream took the connection over to another protocol: from here on it is bytes. */
  switched(headers: string[], upstream: Socket): void {
    const { exchange } = this
    const { socket: client } = exchange.request
    this.#attempt = null
    this.#stop()
    exchange.switchProtocols(headers)
    exchange.response.detachSocket(client)
    joinSockets(client, upstream, () => exchange.finish())
  }

  /** The client is gone, or has been answered: nothing more is wanted of the upstream. */
  cancel(): void {
    const attempt = this.#attempt
    this.#attempt = null
    attempt?.cancel()
    this.#stop()
  }

  #openBody(): RequestBody | null {
    const { request, target } = this.exchange
    if (!target.headers.hasBody || target.upgrade !== null) return null
    const limit = this.#retriesLeft > 0 ? REPLAY_LIMIT : 0
    return new RequestBody(request, target.headers.isChunked, limit, () => {
      this.#startTimeout()
      this.#startPerTryTimeout()
    })
  }

  #try(): void {
    const { exchange } = this
    const { hop, method, target } = exchange
    const endpoint = hop.balancer.pick(this.#cluster, this.#endpoints, this.#tried)
    exchange.tries += 1
    exchange.endpoint = endpoint ?? null
    if (endpoint === undefined || endpoint.address === null) {
      this.#fail(unknownAddress(), false)
      return
    }
    if (this.#retriesLeft > 0) this.#tried.push(endpoint)
    const attempt = new Attempt(this)
    this.#attempt = attempt
    if (this.#body === null || this.#body.complete) this.#startPerTryTimeout()
    const { address, port } = endpoint
    const host = exchange.decision?.rewrite.authority ?? target.headers.host
    const [path, headers, body] = [this.#path, this.#headers, this.#body]
    const { upgrade } = target
    try {
      hop.upstreams.send({ address, port, method, path, host, headers, body, upgrade }, attempt)
    } catch (error) {
      this.failed(attempt, error instanceof Error ? error : new Error(messageOf(error)))
    }
  }

  #fail(failure: Failure, sent: boolean): void {
    this.#attempt = null
    clearTimeout(this.#perTryTimeout)
    if (this.#retries !== null && retriesFailure(this.#retries, failure.kind, sent)) {
      if (this.#retry()) return
    }
    this.#answer(failure)
  }

  #answer({ status, flag, detail, body }: Failure): void {
    const { exchange } = this
    const flags = flag === null ? [] : [flag]
    exchange.answer({ status, body: body(exchange.tries > 1), flags, detail, location: null })
    this.#stop()
  }

  /** Schedules another try, where there is one left and the body can be sent again. */
  #retry(): boolean {
    if (this.#body?.replayable === false) return false
    if (this.#retriesLeft === 0) {
      if (this.exchange.tries > 1) this.exchange.flag('URX')
      return false
    }
    this.#retriesLeft -= 1
    this.#attempt = null
    this.#body?.close()
    this.#backOff = after(backOff(this.exchange.tries), () => this.#try())
    return true
  }

  /** Envoy's route time-out runs from the request's end to the response's. */
  #startTimeout(): void {
    const timeout = this.exchange.decision?.timeout ?? null
    // The rest of a body may still come in when its request has been answered long since.
    if (timeout === null || timeout === 0 || this.#isOver) return
    this.#timeout = after(timeout, () => {
      const attempt = this.#attempt
      this.#attempt = null
      attempt?.cancel()
      if (!this.#hasResponded) {
        this.#answer(RESPONSE_TIMEOUT)
        return
      }
      this.#stop()
      this.exchange.cutOff('UT', RESPONSE_TIMEOUT.detail)
    })
  }

  #startPerTryTimeout(): void {
    const timeout = this.#retries?.perTryTimeout ?? null
    if (timeout === null || timeout === 0 || this.#attempt === null || this.#hasResponded) return
    const attempt = this.#attempt
    this.#perTryTimeout = after(timeout, () => {
      attempt.cancel()
      this.#fail(PER_TRY_TIMEOUT, true)
    })
  }

  #stop(): void {
    this.#isOver = true
    clearTimeout(this.#timeout)
    clearTimeout(this.#perTryTimeout)
    clearTimeout(this.#backOff)
    if (this.#body?.complete === false) this.#body.discard()
  }
}
