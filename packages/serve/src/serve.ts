import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Server as TcpServer } from 'node:net'
import { trackConnections } from './connections.ts'
import { choosePort, listen } from './listen.ts'
import { createReadiness, type Readiness } from './readiness.ts'
import { stopOnSignals } from './signals.ts'

/** Answers a request: `app.callback()` of koa, an express app, or a plain function. */
export type RequestListener = (request: IncomingMessage, response: ServerResponse) => unknown

/** What `serve` may be told; each has a default. Times are in milliseconds. */
export interface ServeOptions {
  /** Port to listen on, 0 for any free one. Default: the environment variable PORT. */
  port?: number
  /** Port where neither `port` nor PORT says one. Default: 3000. */
  defaultPort?: number
  /**
   * Address to listen on. Default: all of them, because Istio's sidecar delivers to the address of
   * the pod, not to loopback.
   */
  host?: string
  /**
   * How long an idle connection stays open. Default: 75,000.
   *
   * The proxy must be the one that closes idle connections, or else a request can meet a closing
   * connection and is answered 503 UC. So keep this at least 10 s above the proxy's `idleTimeout`:
   * Envoy's own default is one hour and Node's is 5 s, hence set `connectionPool.http.idleTimeout` of
   * the DestinationRule to 65 s or less. 75 s is also nginx's default.
   */
  keepAliveTimeout?: number
  /**
   * How long a client may take to send the head of a request, before it gets 408. Default: 60,000; 0: as
   * long as it likes. Not above `requestTimeout`: Node would silently swap the two.
   *
   * It bounds a client that sends byte by byte to hold connections (slow loris). A sidecar in front
   * takes whole heads only, so that this is for who comes past it.
   */
  headersTimeout?: number
  /**
   * How long a client may take to send a whole request, body included, before it gets 408. Default:
   * 300,000; 0: as long as it likes. Raise it for uploads over slow lines.
   */
  requestTimeout?: number
  /**
   * How long a stop may take before what is left is cut. Default: 10,000; at most 2,147,483,647.
   *
   * Kubernetes kills the pod `terminationGracePeriodSeconds` (30 s unless set) after it began to end
   * it: let `preStop` and this time fit in there together.
   */
  stopTimeout?: number
  /** The object that the app's `/readyz` reads. Default: a new one, returned as `readiness`. */
  readiness?: Readiness
  /** Whether SIGTERM and SIGINT stop the server. Default: true. */
  signals?: boolean
  /** Receives a sentence when a stop is not a clean one. Default: `console.error`. */
  log?: (line: string) => void
}

/** How a stop went. */
export interface Stopped {
  /** Connections that were still open at the deadline and were cut; 0 after a clean stop. */
  readonly cut: number
}

/** A server that listens. */
export interface Serving {
  /** The server itself, to add an `upgrade` listener. */
  readonly server: Server
  /** The port it listens on. */
  readonly port: number
  /** Ready until the stop begins. */
  readonly readiness: Readiness
  /**
   * Aborts as the stop begins, for what does not end by itself: close WebSockets and event streams
   * then, or they are cut at the deadline.
   */
  readonly stopping: AbortSignal
  /**
   * Stops the server: not ready, no new connections, requests in flight finish, each response says
   * `connection: close`, idle connections are closed, and after `stopTimeout` what is left is cut.
   * Calling it again returns the same promise. It does not end the process.
   */
  readonly stop: () => Promise<Stopped>
}

/**
 * How often a draining server looks for connections that have become idle. Most need no such look:
 * they close with the response that says `connection: close`. The rest had begun their response
 * before the stop, or never sent a request.
 */
const sweepInterval = 250

/** Node's timers fire at once when told to wait longer than a signed 32-bit integer. */
const longestTimer = 2_147_483_647

/**
 * Starts an HTTP server with the settings that a Node process needs behind Envoy, and stops it
 * without losing requests. Resolves when it listens.
 *
 * After SIGTERM or SIGINT it stops as `stop()` does and lets the process end naturally, with exit
 * code 0, or 1 when something had to be cut or the process is still alive at the deadline. A second
 * signal ends the process at once.
 *
 * @throws ListenError when the port is busy, forbidden or not a port
 * @throws RangeError when a time is not one
 *
 * @example
 * const app = new Koa()
 * const readiness = createReadiness()
 * const { port } = await serve(app.callback(), { readiness, defaultPort: 31000 })
 * console.log(`listens on ${port}`)
 */
export async function serve(
  listener: RequestListener,
  options: ServeOptions = {},
): Promise<Serving> {
  const { readiness = createReadiness(), log = console.error } = options
  const stopTimeout = milliseconds('stopTimeout', options.stopTimeout ?? 10_000)

  const server = createServer({
    keepAliveTimeout: milliseconds('keepAliveTimeout', options.keepAliveTimeout ?? 75_000),
    ...receiving(options),
  })
  const connections = trackConnections(server)
  server.on('request', listener)

  const port = await listen(
    server,
    choosePort(options.port, options.defaultPort ?? 3000),
    options.host,
  )
  readiness.enter('serving')

  const stopping = new AbortController()
  let stopped: Promise<Stopped> | undefined
  const stop = (): Promise<Stopped> => (stopped ??= drain())
  const ignoreSignals =
    options.signals === false ? undefined : stopOnSignals(stop, stopTimeout, log)

  async function drain(): Promise<Stopped> {
    let cut = 0
    const closed = once(server, 'close')
    const sweeps = setInterval(() => connections.sweep(), sweepInterval).unref()
    const deadline = setTimeout(() => {
      cut = connections.destroy()
      log(
        `Stopping took longer than ${stopTimeout} ms (\`stopTimeout\`): open connections cut: ${cut}.`,
      )
    }, stopTimeout).unref()

    readiness.enter('stopping')
    // Not http's own close(): it calls closeIdleConnections(), which cuts a response that is ended but
    // not yet sent (Node 20 to 26), and it stops watching over slow requests.
    TcpServer.prototype.close.call(server)
    connections.drain()
    stopping.abort()

    await closed
    clearInterval(sweeps)
    clearTimeout(deadline)
    ignoreSignals?.()
    return { cut }
  }

  return { server, port, readiness, stopping: stopping.signal, stop }
}

/**
 * How long a request may take to arrive. Neither has to do with keepAliveTimeout since Node 14: an idle
 * connection's wait does not count as sending headers.
 */
function receiving(options: ServeOptions): {
  headersTimeout: number
  requestTimeout: number
  connectionsCheckingInterval: number
} {
  const requestTimeout = milliseconds('requestTimeout', options.requestTimeout ?? 300_000)
  const fallback = requestTimeout === 0 ? 60_000 : Math.min(60_000, requestTimeout)
  const headersTimeout = milliseconds('headersTimeout', options.headersTimeout ?? fallback)
  if (requestTimeout !== 0 && (headersTimeout === 0 || headersTimeout > requestTimeout))
    throw new RangeError(
      `Expected \`headersTimeout\` to be at most \`requestTimeout\` (${requestTimeout} ms), not ${headersTimeout}.`,
    )
  const limits = [headersTimeout, requestTimeout].filter((limit) => limit > 0)
  // Node looks every 30 s, which is too seldom for shorter limits.
  return {
    headersTimeout,
    requestTimeout,
    connectionsCheckingInterval: Math.min(30_000, ...limits),
  }
}

function milliseconds(option: string, value: number): number {
  if (Number.isFinite(value) && value >= 0 && value <= longestTimer) return value
  throw new RangeError(
    `Expected \`${option}\` to be milliseconds from 0 to ${longestTimer}, not ${value}.`,
  )
}
