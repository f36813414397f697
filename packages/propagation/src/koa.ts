import { choosePropagator } from './default.ts'
import type { PropagatorOption } from './default.ts'
import type { EmitterLike } from './emitter.ts'
import { enterInbound } from './inbound.ts'
import { answerInScope } from './koa-body.ts'

/** As much of Koa's context as is needed; Koa 2 and 3 have it. */
export interface LaneContext {
  readonly req: EmitterLike & { readonly headers: object }
  readonly res: EmitterLike
  readonly body?: unknown
  readonly onerror?: (...args: never[]) => void
}

/** A Koa middleware; answers what the next one answers. */
export type LaneMiddleware = (ctx: LaneContext, next: () => Promise<unknown>) => Promise<unknown>

/**
 * Makes the Koa middleware that reads a request's lane and keeps it for everything that the request starts,
 * including the events of its body, the stream that answers it, and the `error` event of the app. Use it first.
 * A request without a lane, or with one that is not taken, goes on without one. Used twice, it works once.
 *
 * @throws TypeError where `propagator` is not one.
 *
 * @example
 * import Koa from 'koa'
 * import { laneMiddleware } from '@traffic-lanes/propagation/koa'
 *
 * const app = new Koa()
 * app.use(laneMiddleware())
 */
export function laneMiddleware(options: PropagatorOption = {}): LaneMiddleware {
  const propagator = choosePropagator(options)
  return function propagateLane(ctx, next) {
    return enterInbound(propagator, ctx.req, [ctx.req, ctx.res], () => answerInScope(ctx, next))
  }
}
