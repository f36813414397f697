import type { ServerResponse } from 'node:http'
import type { Endpoint, HeaderOperations } from '@traffic-lanes/routing'
import type { AccessFlag } from './access-log.ts'
import { applyOperations } from './operations.ts'

/** What the proxy answers in an upstream's place. */
export interface Answer {
  readonly status: number
  /** '' for none. */
  readonly body: string
  readonly flags: readonly AccessFlag[]
  /** Envoy's response code details. */
  readonly detail: string
  readonly location: string | null
}

/** What led to the answer, for the `x-lanes-decision` header and the route's header operations. */
export interface AnswerContext {
  /** All flags of the exchange. */
  readonly flags: readonly AccessFlag[]
  readonly cluster: string | null
  readonly endpoint: Endpoint | null
  readonly operations: HeaderOperations | null
}

/**
 * Writes a proxy's own answer as Envoy would (envoy: sendLocalReply; the route's response headers are
 * applied there too), plus one header that Envoy does not send: `x-lanes-decision` tells whoever holds
 * the response what the access log says, `503 UH no_healthy_upstream outbound|32000||testbbb…`.
 */
export function writeAnswer(
  response: ServerResponse,
  answer: Answer,
  context: AnswerContext,
): void {
  const { location } = answer
  // Node writes no other; a manifest may hold any number.
  const status = answer.status >= 200 && answer.status <= 999 ? answer.status : 500
  const body = status === 204 || status === 304 ? '' : answer.body
  const headers: string[] = []
  if (location !== null) headers.push('location', headerValue(location))
  if (body !== '') headers.push('content-type', 'text/plain')
  headers.push('x-lanes-decision', explain(answer, context))
  if (context.operations !== null) applyOperations(headers, context.operations)
  if (status !== 204 && status !== 304) {
    headers.push('content-length', String(Buffer.byteLength(body)))
  }
  response.writeHead(status, headers)
  response.end(body)
}

/** Text as a header's bytes, in UTF-8 and without what would end the header. */
function headerValue(text: string): string {
  return Buffer.from(text.replaceAll(/\p{Cc}/gu, encodeURIComponent)).toString('latin1')
}

function explain({ status, detail }: Answer, { flags, cluster, endpoint }: AnswerContext): string {
  const parts = [
    String(status),
    flags.join(',') || '-',
    detail || '-',
    cluster ?? '',
    endpoint?.workload ?? '',
  ]
  return parts
    .filter((part) => part !== '')
    .map((part) => part.replaceAll(/[^!-~]/g, '_'))
    .join(' ')
}
