import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage, RequestOptions } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Seen } from './backends.ts'

export interface Answer {
  readonly status: number
  readonly body: string
  readonly headers: IncomingMessage['headers']
}

/** One request over a connection of its own. */
export async function ask(options: RequestOptions, body?: string): Promise<Answer> {
  const outgoing = request({ agent: false, ...options })
  outgoing.end(body)
  const [response]: IncomingMessage[] = await once(outgoing, 'response')
  if (response === undefined) throw new Error('no response')
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: await text(response),
  }
}

/** What the backend says that it got; throws where the answer is not a backend's. */
export function seen({ status, body }: Answer): Seen {
  if (status !== 200) throw new Error(`no backend answered, but ${status}: ${body}`)
  const answer: Seen = JSON.parse(body)
  return answer
}
