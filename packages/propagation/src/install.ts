import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Server } from 'node:http'
import { Server as TlsServer } from 'node:https'
import { Server as NetServer } from 'node:net'
import { choosePropagator } from './default.ts'
import type { PropagatorOption } from './default.ts'
import { wrappers } from './fetch-wrappers.ts'
import { wrapFetch } from './fetch.ts'
import { replaceFetch } from './global-fetch.ts'
import { propagateWebSocket } from './global-websocket.ts'
import { propagateGrpc } from './grpc/clients.ts'
import { propagateHttp } from './http-client.ts'
import { propagateHttp2 } from './http2/sessions.ts'
import { inLayer, withLayer } from './layer.ts'
import type { Propagator } from './propagator.ts'
import { enterInEmit } from './server-emit.ts'
import { createSwitch } from './switch.ts'
import { readHop } from './trail/read-hop.ts'
import type { TrailIdentity } from './trail/read-hop.ts'
import { propagateUndici } from './undici/dispatchers.ts'
import { guardUndici } from './undici/guard.ts'

/** What `install` can be told. */
export interface InstallOptions extends PropagatorOption {
  /**
   * Answers each request with the header `lanes-trail`, as `trailMiddleware` of `/trail` does, this hop bearing
   * the given name. Default: no trail. Where it is installed already, what was said first counts.
   */
  readonly trail?: TrailIdentity
}

/**
 * Makes the whole process carry lanes, as `register` does, but when it is called and with a propagator of
 * one's choice:
 *
 * - every server of node:http, node:https and node:http2, gRPC included, that is connected to from now on
 *   handles each request in its lane;
 * - every request of node:http and node:https (axios, got, superagent, ws, …), of node:http2, of the global
 *   `fetch` and `WebSocket`, of undici and of gRPC carries it, to destinations that may have it;
 * - the wire guard takes the header off any other request, whoever set it, redirects included.
 *
 * Installed twice for one header, by any copy of this package, it works once, until both are undone. What somebody has
 * wrapped in the meantime (the global `fetch`, say) keeps ours inside, which does nothing any more once it is undone.
 *
 * @returns a function that removes it.
 * @throws TypeError where `propagator` is not a propagator, or `trail` no name of a hop.
 *
 * @example
 * import { createPropagator } from '@traffic-lanes/propagation'
 * import { install } from '@traffic-lanes/propagation/install'
 *
 * install({ propagator: createPropagator({ targets: ['*.corp'] }) })
 */
export function install(options: InstallOptions = {}): () => void {
  const propagator = choosePropagator(options)
  const hop = options.trail === undefined ? undefined : readHop(options.trail)
  const { header } = propagator
  const entry = installed().get(header) ?? { count: 0, remove: installAll(propagator, hop) }
  installed().set(header, entry)
  entry.count += 1
  let isOn = true
  return () => {
    if (!isOn) return
    isOn = false
    entry.count -= 1
    if (entry.count > 0) return
    installed().delete(header)
    entry.remove()
  }
}

function installAll(propagator: Propagator, hop: string | undefined): () => void {
  const { propagator: switched, switchOff } = createSwitch(propagator)
  const inProcess = inLayer('process', switched)
  const removals = [
    enterServers(propagator, hop),
    propagateFetch(propagator),
    propagateWebSocket(switched),
    ...CLIENTS.map((part) => part(inProcess)),
    switchOff,
  ]
  return () => removals.forEach((remove) => remove())
}

/** Those that entries of the caller's own, and the global functions, end in. */
const CLIENTS = [propagateHttp, propagateUndici, guardUndici, propagateHttp2, propagateGrpc]

interface Installation {
  count: number
  remove(this: void): void
}

/** What is installed in this process, by header. */
type Installations = Map<string, Installation>

const SLOT = Symbol.for('@traffic-lanes/propagation/install@1')

function installed(): Installations {
  const found: unknown = Reflect.get(globalThis, SLOT)
  if (isInstallations(found)) return found
  const made: Installations = own
  Reflect.defineProperty(globalThis, SLOT, { value: made })
  return made
}

const own: Installations = new Map()

// The number in SLOT is that of this contract.
function isInstallations(found: unknown): found is Installations {
  return found instanceof Map
}

// A connection tells of its server before the first request on it; `http.server.request.start` is for those
// that somebody else hands to the server, and does not fire for upgrades.
function enterServers(propagator: Propagator, hop: string | undefined): () => void {
  const seen = new WeakSet<object>()
  let isOn = true
  const enter = (server: object): void => {
    if (seen.has(server) || !isHttpServer(server)) return
    seen.add(server)
    enterInEmit(server, propagator, () => isOn, hop)
  }
  const removals = [
    onMessage('net.server.socket', (message) => {
      enter(Object(Reflect.get(Object(Reflect.get(message, 'socket')), 'server')))
    }),
    onMessage('http.server.request.start', (message) =>
      enter(Object(Reflect.get(message, 'server'))),
    ),
  ]
  return () => {
    isOn = false
    removals.forEach((remove) => remove())
  }
}

function isHttpServer(server: object): server is NetServer {
  if (server instanceof Server || server instanceof TlsServer) return true
  // Node gives the classes of HTTP/2 to nobody.
  return server instanceof NetServer && typeof Reflect.get(server, 'updateSettings') === 'function'
}

function onMessage(channel: string, handle: (message: object) => void): () => void {
  const listener = (message: unknown): void => {
    try {
      handle(Object(message))
    } catch {
      // A subscriber that throws would end the process.
    }
  }
  subscribe(channel, listener)
  return () => void unsubscribe(channel, listener)
}

function propagateFetch(propagator: Propagator): () => void {
  const { fetch } = globalThis
  const made = typeof fetch === 'function' && wrapFetch(fetch, withLayer('fetch', { propagator }))
  if (made === false || made === fetch) return () => undefined
  const putBack = replaceFetch(() => made)
  return () => {
    putBack()
    wrappers.delete(made)
  }
}
