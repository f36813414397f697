import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import type { Server as TcpServer, Socket } from 'node:net'
import type { Decision, Endpoint } from '@traffic-lanes/routing'
import { onTestFinished } from 'vitest'
import { createDataplane } from '../../../src/dataplane/index.ts'
import type { AccessLogEntry, Dataplane, Listener } from '../../../src/dataplane/index.ts'
import { endpointAt } from './decisions.ts'

/** A server behind the mesh. */
export interface Backend {
  readonly server: Server
  readonly port: number
  readonly endpoint: Endpoint
}

/** Starts a real HTTP server that ends with the test. */
export async function startBackend(handler: RequestListener, workload?: string): Promise<Backend> {
  const server = createServer(handler)
  const port = await listen(server)
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { server, port, endpoint: endpointAt(port, workload) }
}

/** Starts a server that speaks whatever `speak` writes; it ends with the test. */
export async function startTcp(
  speak: (socket: Socket) => void,
): Promise<{ port: number; endpoint: Endpoint; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    speak(socket)
  })
  const port = await listen(server)
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port, endpoint: endpointAt(port), sockets }
}

/**
 * An endpoint that refuses connections: nobody runs tcpmux. A port that was free a moment ago might
 * belong to the test beside this one by now.
 */
export function deadEndpoint(): Endpoint {
  return endpointAt(1, 'testbbb-dead')
}

/** A listener of a data plane of its own, and what it logs. */
export interface Hop {
  readonly dataplane: Dataplane
  readonly listener: Listener
  readonly port: number
  readonly url: string
  readonly log: AccessLog
}

/** Entries in the order they came; `next` waits for the next one that was not taken yet. */
interface AccessLog {
  next(): Promise<AccessLogEntry>
}

/** Opens a listener that decides the same for all requests, or by the given function. */
export async function startHop(decision: Decision | (() => Decision)): Promise<Hop> {
  const decide = typeof decision === 'function' ? decision : () => decision
  return openHop((dataplane, onRequest) =>
    dataplane.listen({
      destination: { address: 'testbbb.test-istio.svc.cluster.local', port: 32000 },
      decide,
      onRequest,
    }),
  )
}

/** Opens any listener on a data plane of its own; both end with the test. */
export async function openHop(
  open: (dataplane: Dataplane, onRequest: (entry: AccessLogEntry) => void) => Promise<Listener>,
): Promise<Hop> {
  const dataplane = createDataplane()
  const entries: AccessLogEntry[] = []
  const waiting: ((entry: AccessLogEntry) => void)[] = []
  const listener = await open(dataplane, (entry) => {
    const waiter = waiting.shift()
    if (waiter === undefined) entries.push(entry)
    else waiter(entry)
  })
  onTestFinished(() => dataplane.close(0))
  const next = (): Promise<AccessLogEntry> => {
    const entry = entries.shift()
    return entry === undefined
      ? new Promise((resolve) => waiting.push(resolve))
      : Promise.resolve(entry)
  }
  const { port } = listener
  return { dataplane, listener, port, url: `http://127.0.0.1:${port}`, log: { next } }
}

/** Listens on a free port of 127.0.0.1. */
export async function listen(server: Server | TcpServer): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
