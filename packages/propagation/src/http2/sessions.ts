import { connect } from 'node:http2'
import { Duplex } from 'node:stream'
import { decisions } from '../decisions.ts'
import type { Propagator } from '../propagator.ts'
import { replaceMethod } from '../replace-method.ts'
import { injectHttp2, readHttp2, stripHttp2 } from './headers.ts'
import type { Http2Headers } from './headers.ts'

/**
 * Puts the lane on every request of every session of node:http2, taken from the scope that makes it, and takes the
 * header off where the destination may not have it, whoever set it. A header that the caller set wins; the
 * caller's headers stay as they are. The channels of Node tell of a request too late to change its headers.
 *
 * Left alone are requests of clients that make them in the scope of another call, after a wait for a connection:
 * those of undici and of gRPC get their lane at the call, those of got (`http2: true`) by `laneGot` only.
 *
 * @returns a function that removes it.
 */
export function propagateHttp2(propagator: Propagator): () => void {
  return onRequest((session, headers) => judge(session, headers, propagator))
}

/**
 * Takes the header off every request of node:http2, gRPC included, whose destination may not have it, and puts none
 * on.
 *
 * @returns a function that removes it.
 */
export function guardHttp2(propagator: Propagator): () => void {
  return onRequest((session, headers) =>
    isWithoutLane(headers, propagator) ? headers : stripHttp2(headers, baseOf(session), propagator),
  )
}

function onRequest(change: (session: unknown, headers: Http2Headers) => Http2Headers): () => void {
  return replaceMethod(
    sessionPrototype(),
    'request',
    (original) =>
      function request(this: unknown, headers?: unknown, ...rest: unknown[]): unknown {
        let changed = headers
        try {
          changed = change(this, headers)
        } catch {
          // The request goes on as it is.
        }
        return Reflect.apply(original, this, [changed, ...rest])
      },
  )
}

// Node gives the class of its sessions to nobody; one that is connected to nothing has it too.
function sessionPrototype(): object {
  try {
    const session = connect('http://localhost', { createConnection: () => nowhere() })
    session.on('error', () => undefined).destroy()
    return Object(Object.getPrototypeOf(session))
  } catch {
    // Mocked, say. Nothing is replaced then, and all else goes on.
    return {}
  }
}

function nowhere(): Duplex {
  return new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() })
}

function judge(session: unknown, headers: Http2Headers, propagator: Propagator): Http2Headers {
  const lane = propagator.outboundLane()
  const isEmpty = isWithoutLane(headers, propagator)
  if (isEmpty && lane === undefined && !decisions.hasSubscribers) return headers
  const base = baseOf(session)
  const stripped = isEmpty ? headers : stripHttp2(headers, base, propagator)
  // What says what we would was put there by ours already, further outside.
  const isDone = lane !== undefined && readHttp2(headers, propagator.header) === lane
  if (stripped !== headers || isDone || isQueued(session, headers)) return stripped
  return injectHttp2(headers, base, propagator)
}

function isWithoutLane(headers: Http2Headers, { fields }: Propagator): boolean {
  return fields.every((name) => readHttp2(headers, name) === undefined)
}

// Where a session goes, as Node keeps it to fill in what a request leaves out.
function baseOf(session: unknown): URL | undefined {
  const authority = readSymbol(session, 'authority')
  const protocol = readSymbol(session, 'protocol')
  const text = `${String(protocol)}//${String(authority)}`
  return URL.canParse(text) ? new URL(text) : undefined
}

function isQueued(session: unknown, headers: Http2Headers): boolean {
  const type = readHttp2(headers, 'content-type')
  const isGrpc = typeof type === 'string' && type.startsWith('application/grpc')
  return isGrpc || POOLS.some((name) => readSymbol(session, name) !== undefined)
}

// What undici and http2-wrapper, which got uses, keep on a session of theirs.
const POOLS = ['client', 'currentStreamCount']

function readSymbol(object: unknown, description: string): unknown {
  const target: object = Object(object)
  const key = Object.getOwnPropertySymbols(target).find((one) => one.description === description)
  return key === undefined ? undefined : Reflect.get(target, key)
}
