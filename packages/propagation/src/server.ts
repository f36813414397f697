import { choosePropagator } from './default.ts'
import type { PropagatorOption } from './default.ts'
import type { EmitterLike } from './emitter.ts'
import { enterInEmit } from './server-emit.ts'
import { show } from './show.ts'

/**
 * Makes a `node:http` or `node:https` server handle each request in its lane, whoever listens to it:
 * `request`, `checkContinue`, `checkExpectation`, and the handshakes `upgrade` (WebSocket) and `connect`,
 * whose sockets stay in the lane of the handshake. Used twice, or beside `register`, it works once.
 *
 * @returns a function that removes it.
 * @throws TypeError where `server` has no `emit` or `propagator` is not a propagator.
 *
 * @example
 * import { createServer } from 'node:http'
 * import { laneServer } from '@traffic-lanes/propagation/server'
 *
 * const server = createServer((request, response) => response.end(currentLane()))
 * laneServer(server)
 */
export function laneServer(server: EmitterLike, options: PropagatorOption = {}): () => void {
  const propagator = choosePropagator(options)
  if (typeof server?.emit !== 'function') {
    throw new TypeError(`Expected \`server\` to be a server of node:http, got ${show(server)}`)
  }
  let isOn = true
  const remove = enterInEmit(server, propagator, () => isOn)
  return () => {
    isOn = false
    remove()
  }
}
