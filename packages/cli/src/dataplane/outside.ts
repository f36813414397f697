import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import type { Destination } from '@traffic-lanes/routing'
import { writeAnswer } from './answer.ts'
import { failureOf } from './failure.ts'
import type { Failure } from './failure.ts'
import type { Hop } from './hop.ts'
import { joinSockets } from './tunnel.ts'
import { acceptConnect } from './upgrade.ts'

/** Leads a CONNECT to a destination out of the mesh, byte by byte, and logs it when it ends. */
export function tunnelOut(
  hop: Hop,
  request: IncomingMessage,
  response: ServerResponse,
  destination: Destination,
): void {
  const { socket: client, url: authority = '' } = request
  const { address = '', port } = destination
  const startedAt = performance.now()
  const upstream = connect({ host: address, port, noDelay: true })
  const log = (status: number, failure: Failure | null): void =>
    hop.onRequest?.({
      method: 'CONNECT',
      path: authority,
      host: authority,
      destination,
      status,
      flags: failure?.flag ? [failure.flag] : [],
      detail: failure?.detail ?? 'via_upstream',
      cluster: 'PassthroughCluster',
      endpoint: null,
      tries: 1,
      ms: performance.now() - startedAt,
      received: upstream.bytesWritten,
      sent: upstream.bytesRead,
      decision: null,
    })
  const giveUp = (): unknown => upstream.destroy()
  const refuse = (error: Error): void => {
    const failure = failureOf(error, false)
    const { status, flag, detail } = failure
    const flags = flag === null ? [] : [flag]
    const answer = { status, body: failure.body(false), flags, detail, location: null }
    const context = { flags, cluster: 'PassthroughCluster', endpoint: null, operations: null }
    writeAnswer(response, answer, context)
    log(status, failure)
  }
  client.once('close', giveUp)
  upstream.once('error', refuse)
  upstream.once('connect', () => {
    client.off('close', giveUp)
    upstream.off('error', refuse)
    acceptConnect(response, client)
    joinSockets(client, upstream, () => log(200, null))
  })
}
