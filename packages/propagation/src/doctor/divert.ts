import { syncBuiltinESMExports } from 'node:module'
import { Socket, connect as connectNet } from 'node:net'
import tls from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { isMethod } from '../replace-method.ts'

/** Where the stand-in listens. */
export interface StandInAddress {
  readonly port: number
}

/**
 * Leads every connection that a client of HTTP makes from now on to the stand-in, whatever host and port it means,
 * and without TLS: names of a cluster lead nowhere here, and no third party is to be called by a test. Connections
 * of other kinds (databases, queues) are left alone.
 */
export function divertHttp({ port }: StandInAddress): void {
  const target = { host: '127.0.0.1', port }
  const original: unknown = Reflect.get(Socket.prototype, 'connect')
  if (!isMethod(original)) return
  Reflect.set(
    Socket.prototype,
    'connect',
    function connect(this: Socket, ...args: unknown[]): unknown {
      return Reflect.apply(original, this, isHttpClient() ? [target, callbackIn(args)] : args)
    },
  )
  const connectTls: unknown = Reflect.get(tls, 'connect')
  if (!isMethod(connectTls)) return
  Reflect.set(tls, 'connect', function connect(this: unknown, ...args: unknown[]): unknown {
    if (!isHttpClient()) return Reflect.apply(connectTls, this, args)
    return asSecure(connectNet(target), callbackIn(args))
  })
  syncBuiltinESMExports()
}

// A client sees a socket that says it is secure.
function asSecure(socket: Socket, callback: unknown): Socket {
  const secure: Partial<TLSSocket> = {
    encrypted: true,
    authorized: true,
    alpnProtocol: 'http/1.1',
    isSessionReused: () => false,
  }
  Object.assign(socket, secure)
  socket.once('connect', () => socket.emit('secureConnect'))
  if (isMethod(callback)) socket.once('secureConnect', callback)
  return socket
}

function isHttpClient(): boolean {
  const before = Error.stackTraceLimit
  Error.stackTraceLimit = 50
  const { stack = '' } = new Error('here')
  Error.stackTraceLimit = before
  return /node:_http_agent|node:_http_client|node:https|node:internal\/deps\/undici|[/\\]undici[/\\]/.test(
    stack,
  )
}

// connect(options, callback), connect(port, host, callback), and the array that net.connect() passes on.
function callbackIn(args: readonly unknown[]): unknown {
  return args.flat().find((arg) => typeof arg === 'function')
}
