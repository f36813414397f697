import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Decision, Endpoint } from '@traffic-lanes/routing'
import { messageOf } from '../errors.ts'
import type { AccessFlag } from './access-log.ts'
import { writeAnswer } from './answer.ts'
import type { Answer } from './answer.ts'
import { Forward } from './forward.ts'
import type { Hop } from './hop.ts'
import { applyOperations, hasOperations } from './operations.ts'
import type { Target } from './target.ts'
import { after } from './timer.ts'

// Envoy, HttpProtocolOptions: max_headers_count defaults to 100.
const MAX_HEADERS = 100

/**
 * One request and its response, from the decision to the access log. It decides once, so that a swap of
 * the configuration leaves it alone.
 */
export class Exchange {
  readonly hop: Hop
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly target: Target
  decision: Decision | null = null
  cluster: string | null = null
  endpoint: Endpoint | null = null
  tries = 0
  /** Bytes of the response's body, for the log. */
  sent = 0
  readonly #flags: AccessFlag[] = []
  readonly #startedAt: number
  #detail = ''
  #status = 0
  #forward: Forward | null = null
  #delay: NodeJS.Timeout | undefined
  #isCutOff = false
  #isOver = false

  constructor(hop: Hop, request: IncomingMessage, response: ServerResponse, target: Target) {
    this.hop = hop
    this.request = request
    this.response = response
    this.target = target
    this.#startedAt = hop.onRequest === undefined ? 0 : performance.now()
  }

  get method(): string {
    return this.request.method ?? 'GET'
  }

  start(): void {
    this.#watchClient()
    const { headers, destination, path: url } = this.target
    if (headers.pairs.length > MAX_HEADERS) {
      this.#refuse(431, `more than ${MAX_HEADERS} headers`)
      return
    }
    if (headers.problem !== null) {
      this.#refuse(400, headers.problem)
      return
    }
    if (headers.hasBody && this.target.upgrade !== null) {
      this.#refuse(400, 'an upgrade with a body, which no one could tell from the new protocol')
      return
    }
    const { pairs } = headers
    try {
      this.decision = this.hop.decide({ method: this.method, url, headers: pairs, destination })
    } catch (error) {
      const body = `The request could not be routed: ${messageOf(error)}`
      this.answer({ status: 500, body, flags: [], detail: 'routing_failed', location: null })
      return
    }
    this.#delayOrExecute(this.decision)
  }

  /** Sends the head of the upstream's response. */
  respond(status: number, headers: string[]): void {
    this.#status = status
    this.#detail = 'via_upstream'
    if (this.decision !== null && hasOperations(this.decision.responseHeaders)) {
      applyOperations(headers, this.decision.responseHeaders)
    }
    this.#settleConnection()
    // Without a reason phrase Node writes the standard one, as Envoy does.
    this.response.writeHead(status, headers)
  }

  /** Sends the head that turns the connection over to another protocol. */
  switchProtocols(headers: string[]): void {
    this.#status = 101
    this.#detail = 'via_upstream'
    this.response.writeHead(101, headers)
    this.response.flushHeaders()
  }

  /** Answers in the upstream's place. */
  answer(reply: Answer): void {
    this.#status = reply.status
    this.#detail = reply.detail
    for (const flag of reply.flags) this.flag(flag)
    this.#settleConnection()
    const { cluster, endpoint, decision, response } = this
    const operations = decision?.responseHeaders ?? null
    writeAnswer(response, reply, { flags: this.#flags, cluster, endpoint, operations })
  }

  flag(flag: AccessFlag): void {
    if (!this.#flags.includes(flag)) this.#flags.push(flag)
  }

  /** Cuts the client off, so that what it has got cannot pass for a whole response. */
  cutOff(flag: AccessFlag | null, detail: string): void {
    this.#isCutOff = true
    this.#detail = detail
    if (flag !== null) this.flag(flag)
    const { socket } = this.request
    // An HTTP/1.0 body ends with the connection: only a reset tells a cut from the end.
    if (this.request.httpVersionMinor === 0) socket.resetAndDestroy()
    else socket.destroy()
  }

  /** Ends the exchange and writes the log. Further calls do nothing. */
  finish(): void {
    if (this.#isOver) return
    this.#isOver = true
    clearTimeout(this.#delay)
    this.#forward?.cancel()
    const { hop, target } = this
    if (hop.isClosing()) hop.onIdle()
    hop.onRequest?.({
      method: this.method,
      path: target.path,
      host: target.headers.host,
      destination: target.destination,
      status: this.#status,
      flags: this.#flags,
      detail: this.#detail,
      cluster: this.cluster,
      endpoint: this.endpoint,
      tries: this.tries,
      ms: performance.now() - this.#startedAt,
      received: this.#forward?.received ?? 0,
      sent: this.sent,
      decision: this.decision,
    })
  }

  #watchClient(): void {
    const closed = (): void => {
      if (!this.response.writableFinished && !this.#isCutOff && !this.#isOver) {
        this.flag('DC')
        this.#detail = 'downstream_remote_disconnect'
      }
      this.finish()
    }
    this.response.on('close', closed)
    // A pipelined request waits for its turn without a socket: its response never hears of the end.
    if (this.response.socket === null) {
      const { socket } = this.request
      // As many as the client pipelines: Node would take more than ten for a leak.
      socket.setMaxListeners(0)
      socket.once('close', closed)
      this.response.once('close', () => socket.off('close', closed))
    }
  }

  #delayOrExecute(decision: Decision): void {
    const delay = decision.fault?.delay
    if (delay?.hit !== true) {
      this.#execute(decision)
      return
    }
    this.flag('DI')
    this.#delay = after(delay.ms, () => this.#execute(decision))
  }

  #execute(decision: Decision): void {
    const { outcome, fault } = decision
    if (fault?.abort?.hit === true) {
      const { status } = fault.abort
      const [body, detail] = ['fault filter abort', 'fault_filter_abort']
      this.answer({ status, body, flags: ['FI'], detail, location: null })
      return
    }
    switch (outcome.kind) {
      case 'forward':
      case 'tcp':
        this.#forwardTo(outcome.cluster, outcome.endpoints)
        return
      case 'passthrough':
        this.#passThrough(outcome.endpoints)
        return
      case 'no-listener':
        if (this.hop.leavesMesh) this.#passThrough([])
        else this.cutOff(null, outcome.detail)
        return
      case 'reset':
        this.cutOff(null, outcome.detail)
        return
      case 'respond': {
        this.cluster = outcome.cluster
        const { status, flags, detail } = outcome
        // Envoy says this much by itself; a direct response has a body of its own.
        const body = detail === 'no_healthy_upstream' ? 'no healthy upstream' : outcome.body
        this.answer({ status, body, flags, detail, location: null })
        return
      }
      case 'redirect':
        this.answer({ ...outcome, body: '', flags: [], detail: 'direct_response' })
    }
  }

  /** On to where it was dialled: a Service's endpoints, or from a proxy the address itself. */
  #passThrough(endpoints: readonly Endpoint[]): void {
    const { address, port } = this.target.destination
    const direct = { address: address ?? null, port, workload: '', namespace: '' }
    this.#forwardTo(
      'PassthroughCluster',
      endpoints.length === 0 && this.hop.leavesMesh ? [direct] : endpoints,
    )
  }

  #forwardTo(cluster: string, endpoints: readonly Endpoint[]): void {
    this.cluster = cluster
    this.#forward = new Forward(this, cluster, endpoints)
    this.#forward.start()
  }

  #settleConnection(): void {
    const { response } = this
    if (this.hop.isClosing()) response.shouldKeepAlive = false
    // In HTTP/1.1 a connection stays open unsaid, and Envoy says nothing either.
    if (response.shouldKeepAlive && this.request.httpVersionMinor === 1) {
      response.removeHeader('connection')
    }
  }

  #refuse(status: number, problem: string): void {
    const detail = `unacceptable_request{${problem}}`
    this.answer({ status, body: `Refused: ${problem}.`, flags: ['DPE'], detail, location: null })
  }
}
