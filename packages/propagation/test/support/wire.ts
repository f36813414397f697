import { ClientRequest, request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { onTestFinished } from 'vitest'
import { createPropagator } from '../../src/index.ts'
import type { Propagator, PropagatorOptions } from '../../src/index.ts'
import { install } from '../../src/install.ts'

/** Installs a propagator of its own in this process until the test ends. */
export function installHere(options?: PropagatorOptions): Propagator {
  const propagator = createPropagator(options)
  onTestFinished(install({ propagator }))
  return propagator
}

/** Calls `request` of node:http in any way, also in those that its types do not know. */
export function requestBy(args: readonly unknown[]): ClientRequest {
  const outgoing: unknown = Reflect.apply(request, undefined, args)
  if (outgoing instanceof ClientRequest) return outgoing
  throw new Error('node:http answered no ClientRequest')
}

/** Sends one request and answers the body of the response. */
export async function send(options: object | string, body?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = requestBy([options])
    outgoing.on('response', (response: IncomingMessage) => resolve(readAll(response)))
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** Everything that a stream holds. */
export async function readAll(stream: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of stream.setEncoding('utf8')) text += String(chunk)
  return text
}

/** Sends text over a connection of its own and answers all that comes back until it is closed. */
export async function talk(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let received = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      received += chunk
    })
    socket.on('end', () => resolve(received))
    socket.on('error', reject)
    socket.end(text)
  })
}
