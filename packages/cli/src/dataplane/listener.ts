import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerOptions } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Decision, Destination, Request } from '@traffic-lanes/routing'
import type { AccessLogEntry } from './access-log.ts'
import { createBalancer } from './balancer.ts'
import { Exchange } from './exchange.ts'
import type { Hop } from './hop.ts'
import { readTarget } from './target.ts'
import { headWithoutUpgrade, offersHttp2, responseOn } from './upgrade.ts'
import type { Upstreams } from './upstream/index.ts'

/** What every listener needs. */
export interface ListenerOptions {
  /** Nothing here is for other machines. Default, and only value: `127.0.0.1`. */
  readonly host?: '127.0.0.1'
  /** Default 0: a free one. */
  readonly port?: number
  /** Asked once for each request, so that what it answers by may be swapped between two of them. */
  readonly decide: (request: Request) => Decision
  /** Called when a response, or a tunnel, has ended. */
  readonly onRequest?: (entry: AccessLogEntry) => void
}

/** A listener that answers. */
export interface Listener {
  readonly port: number
  /**
   * Stops accepting, lets running requests end and closes their connections, then resolves.
   *
   * @param deadline milliseconds after which the rest is cut off. Default 10,000.
   */
  readonly close: (deadline?: number) => Promise<void>
  /** Cuts everything off, now. */
  readonly abort: () => void
}

/** How one kind of listener differs from another. */
export interface ListenerKind {
  /** Whether a destination out of the mesh is reached as it is, as from a proxy for all of a program's traffic. */
  readonly leavesMesh: boolean
  /** Where a request goes, given the authority of an absolute request line; undefined: nowhere. */
  destinationOf(request: IncomingMessage, authority: string | undefined): Destination | undefined
}

/** A listener with its inside, for the code that builds one. */
export interface OpenListener extends Listener {
  readonly server: Server
  readonly hop: Hop
  /** Takes charge of a connection that Node's server has let go of. */
  hold(socket: Socket): void
}

// Envoy, HttpProtocolOptions.idle_timeout: one hour. Longer than clients keep a connection in their
// pools, so that they close it and no request meets one that is being closed here.
const KEEP_ALIVE_TIMEOUT = 3_600_000

// Envoy, HttpConnectionManager.max_request_headers_kb: 60.
const MAX_HEADER_SIZE = 61_440

const SERVER_OPTIONS: ServerOptions & { shouldUpgradeCallback(request: IncomingMessage): boolean } =
  {
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    maxHeaderSize: MAX_HEADER_SIZE,
    // Who sends headers bit by bit holds its own connection, for a minute. A body may take as long as
    // it likes: Istio sets no limit either, and an upload that waits at a breakpoint is no fault.
    headersTimeout: 60_000,
    requestTimeout: 0,
    noDelay: true,
    highWaterMark: 65_536,
    // Known from Node 24.9 on; before that `upgrade` is emitted for offers of HTTP/2 too.
    shouldUpgradeCallback: (request) => !offersHttp2(request),
  }

/**
 * Opens a listener on 127.0.0.1 and serves what comes.
 *
 * @throws where the port is taken (`EADDRINUSE`) or not allowed (`EACCES`).
 */
export async function openListener(
  upstreams: Upstreams,
  options: ListenerOptions,
  kind: ListenerKind,
): Promise<OpenListener> {
  const server = createServer(SERVER_OPTIONS)
  const held = new Set<Socket>()
  // Node takes a connection that was never used for a busy one, and browsers open them ahead of need.
  const unused = new Set<Socket>()
  let closing: Promise<void> | undefined
  const hop: Hop = {
    decide: options.decide,
    onRequest: options.onRequest,
    upstreams,
    balancer: createBalancer(),
    leavesMesh: kind.leavesMesh,
    isClosing: () => closing !== undefined,
    // Node counts a connection as idle only after the last event of its response.
    onIdle: () => setImmediate(() => server.closeIdleConnections()),
  }
  const hold = (socket: Socket): void => {
    unused.delete(socket)
    held.add(socket)
    socket.once('close', () => held.delete(socket))
    socket.on('error', () => socket.destroy())
  }
  const abort = (): void => {
    server.close()
    server.closeAllConnections()
    for (const socket of held) socket.destroy()
  }

  server.on('connection', (socket: Socket) => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  server.on('request', (request, response) => {
    unused.delete(request.socket)
    const target = readTarget(request, null, (authority) => kind.destinationOf(request, authority))
    new Exchange(hop, request, response, target).start()
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!(socket instanceof Socket)) {
      socket.destroy()
      return
    }
    if (head.length > 0) socket.unshift(head)
    if (offersHttp2(request)) {
      socket.unshift(headWithoutUpgrade(request))
      server.emit('connection', socket)
      return
    }
    hold(socket)
    const response = responseOn(request, socket)
    if (response === undefined) return
    const upgrade = request.headers.upgrade ?? ''
    const target = readTarget(request, upgrade, (authority) =>
      kind.destinationOf(request, authority),
    )
    new Exchange(hop, request, response, target).start()
  })

  server.listen(options.port ?? 0, options.host ?? '127.0.0.1')
  await once(server, 'listening')
  // From here on it is a failed accept, out of file descriptors for instance: the client's loss alone.
  server.on('error', () => {})
  const address = server.address()
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    server,
    hop,
    hold,
    abort,
    close: (deadline = 10_000) => {
      closing ??= new Promise((resolve) => {
        const timer = setTimeout(abort, deadline)
        server.close(() => {
          clearTimeout(timer)
          resolve()
        })
        for (const socket of unused) socket.destroy()
      })
      return closing
    },
  }
}
