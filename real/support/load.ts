import { once } from 'node:events'
import { Agent, request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

/** What a request sends, and who must have served it. */
export interface Expected {
  readonly headers: Readonly<Record<string, string>>
  readonly servedBy: string
}

/** What became of the load. */
export interface Report {
  readonly requests: number
  /** What went wrong, one line a request. */
  readonly failures: readonly string[]
}

/** Clients that ask without pause, each over a connection that stays open. */
export class Load {
  readonly #agent: Agent
  readonly #url: URL
  readonly #clients: readonly Promise<void>[]
  readonly #failures: string[] = []
  #requests = 0
  #isOver = false
  #latest: Promise<void> = Promise.resolve()

  constructor(url: string, expected: readonly Expected[], clients: number) {
    this.#url = new URL(url)
    this.#agent = new Agent({ keepAlive: true, maxSockets: clients })
    this.#clients = Array.from({ length: clients }, () => this.#ask(expected))
  }

  get requests(): number {
    return this.#requests
  }

  /** Ends it when so many requests have been answered at least. */
  async until(requests: number): Promise<Report> {
    while (this.#requests < requests) await this.#latest
    this.#isOver = true
    await Promise.all(this.#clients)
    this.#agent.destroy()
    return { requests: this.#requests, failures: this.#failures }
  }

  async #ask(expected: readonly Expected[]): Promise<void> {
    while (!this.#isOver) {
      for (const each of expected) {
        this.#latest = this.#send(each)
        await this.#latest
        this.#requests += 1
      }
    }
  }

  async #send({ headers, servedBy }: Expected): Promise<void> {
    const sent = JSON.stringify(headers)
    try {
      const outgoing = request(this.#url, { agent: this.#agent, headers })
      outgoing.end()
      const [response]: IncomingMessage[] = await once(outgoing, 'response')
      if (response === undefined) throw new Error('no response')
      const body = await text(response)
      const { statusCode, headers: got } = response
      if (statusCode !== 200 || got['x-served-by'] !== servedBy)
        this.#failures.push(`${sent} got ${statusCode} by ${String(got['x-served-by'])}: ${body}`)
    } catch (error) {
      this.#failures.push(`${sent} failed: ${String(error)}`)
    }
  }
}
