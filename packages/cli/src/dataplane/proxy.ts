import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { IncomingMessage } from 'node:http'
import type { Decision, Destination } from '@traffic-lanes/routing'
import { openListener } from './listener.ts'
import type { Listener, ListenerOptions } from './listener.ts'
import { destinationOf } from './target.ts'
import { tunnelOut } from './outside.ts'
import { acceptConnect, responseOn } from './upgrade.ts'
import type { Upstreams } from './upstream/index.ts'

/**
 * Opens an HTTP proxy (RFC 9110 section 3.7) for programs that know `HTTP_PROXY`: the destination of a
 * request is the authority of its absolute request line. A CONNECT to a destination in the mesh is
 * answered here, and the requests inside are routed as if they had been dialled; any other leads there
 * byte by byte.
 */
export async function openProxy(upstreams: Upstreams, options: ListenerOptions): Promise<Listener> {
  const connected = new WeakMap<Socket, Destination>()
  const listener = await openListener(upstreams, options, {
    leavesMesh: true,
    destinationOf: (request, authority) =>
      authority === undefined ? connected.get(request.socket) : destinationOf(authority, 80),
  })
  const { hop, server } = listener
  server.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!(socket instanceof Socket)) {
      socket.destroy()
      return
    }
    listener.hold(socket)
    if (head.length > 0) socket.unshift(head)
    const response = responseOn(request, socket)
    if (response === undefined) return
    const destination = destinationOf(request.url ?? '')
    if (destination === undefined) {
      response.writeHead(400).end('Refused: CONNECT wants a host and a port.')
    } else if (isInMesh(options, destination)) {
      acceptConnect(response, socket)
      connected.set(socket, destination)
      server.emit('connection', socket)
    } else {
      tunnelOut(hop, request, response, destination)
    }
  })
  return listener
}

/** Whether the mesh routes what is dialled there: it listens, and knows who could answer. */
function isInMesh({ decide }: ListenerOptions, destination: Destination): boolean {
  const { address = '', port } = destination
  const headers = [['host', `${address}:${port}`]] as const
  try {
    return leadsIntoMesh(decide({ method: 'CONNECT', url: '/', headers, destination }))
  } catch {
    // The requests inside meet the same fault, and are told of it.
    return true
  }
}

function leadsIntoMesh({ outcome }: Decision): boolean {
  if (outcome.kind === 'no-listener' || outcome.kind === 'reset') return false
  return outcome.kind !== 'passthrough' || outcome.endpoints.length > 0
}
