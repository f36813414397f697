import { choosePropagator } from './default.ts'
import type { PropagatorOption } from './default.ts'
import type { EmitterLike } from './emitter.ts'
import { enterInbound } from './inbound.ts'

/** A middleware of connect, express 4 and 5, or anything that calls `(req, res, next)`. */
export type ConnectMiddleware = (
  req: EmitterLike & { readonly headers: object },
  res: EmitterLike,
  next: () => void,
) => void

/**
 * Makes the connect or express middleware that reads a request's lane and keeps it for everything that the
 * request starts, including the events of its body. Use it first. A request without a lane, or with one that
 * is not taken, goes on without one. Used twice, or beside `register`, it works once.
 *
 * @throws TypeError where `propagator` is not one.
 *
 * @example
 * import express from 'express'
 * import { laneConnect } from '@traffic-lanes/propagation/connect'
 *
 * const app = express()
 * app.use(laneConnect())
 */
export function laneConnect(options: PropagatorOption = {}): ConnectMiddleware {
  const propagator = choosePropagator(options)
  return function propagateLane(req, res, next) {
    // A closure, for whatever `next` is given is an error to connect.
    enterInbound(propagator, req, [req, res], () => next())
  }
}
