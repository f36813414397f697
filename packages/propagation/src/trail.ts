import { choosePropagator } from './default.ts'
import type { PropagatorOption } from './default.ts'
import { answerInScope } from './koa-body.ts'
import { enterTrail } from './trail/enter.ts'
import type { TrailRequest, TrailResponse } from './trail/enter.ts'
import { readHop } from './trail/read-hop.ts'
import type { TrailIdentity } from './trail/read-hop.ts'

export { TRAIL_HEADER } from './trail/collector.ts'
export { findLoss } from './trail/find-loss.ts'
export { parseTrail } from './trail/parse.ts'
export type { TrailLoss } from './trail/find-loss.ts'
export type { TrailHop } from './trail/hop.ts'
export type { TrailIdentity } from './trail/read-hop.ts'

/** Who this hop is, and the propagator to work with. */
export interface TrailOptions extends TrailIdentity, PropagatorOption {}

/** As much of Koa's context as is needed; Koa 2 and 3 have it. */
export interface TrailContext {
  readonly req: TrailRequest
  readonly res: TrailResponse
  readonly body?: unknown
  readonly onerror?: (...args: never[]) => void
}

/**
 * Makes the Koa middleware that answers each request with the header `lanes-trail`: this hop, and those that its
 * calls by node:http (axios, …) and `laneFetch` tell of, up to the moment when the head of the response is written.
 * It does what `laneMiddleware` does, so that either will do, and both, in any order. Use it first.
 *
 * Opt-in, as the header names services and versions to whoever sent the request: give the propagator `trust` where
 * strangers may, and only those whom it trusts get a trail. Answers of destinations that may not have the lane
 * are not looked at. At most 64 hops and 2048 bytes; what found no room is counted.
 *
 * @throws TypeError that names the option, where one is wrong.
 *
 * @example
 * import { trailMiddleware } from '@traffic-lanes/propagation/trail'
 *
 * app.use(trailMiddleware({ service: 'testaaa', version: process.env.PROJECT_VERSION }))
 * // lanes-trail: testaaa@release-v1 > testbbb@release; lane=release-v1
 */
export function trailMiddleware(
  options: TrailOptions,
): (ctx: TrailContext, next: () => Promise<unknown>) => Promise<unknown> {
  const propagator = choosePropagator(options)
  const hop = readHop(options)
  return function answerTrail(ctx, next) {
    return enterTrail(hop, propagator, ctx.req, ctx.res, () => answerInScope(ctx, next))
  }
}

/**
 * The same for connect and express.
 *
 * @throws TypeError that names the option, where one is wrong.
 *
 * @example
 * app.use(trailConnect({ service: 'testaaa', version: 'release-v1' }))
 */
export function trailConnect(
  options: TrailOptions,
): (req: TrailRequest, res: TrailResponse, next: () => void) => void {
  const propagator = choosePropagator(options)
  const hop = readHop(options)
  return function answerTrail(req, res, next) {
    // A closure, for whatever `next` is given is an error to connect.
    enterTrail(hop, propagator, req, res, () => next())
  }
}
