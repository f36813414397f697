import { choosePropagator } from './default.ts'
import type { PropagatorOption } from './default.ts'
import type { EmitterLike } from './emitter.ts'
import { enterInbound } from './inbound.ts'

/** As much of a Fastify instance, 4 and 5, as is needed. */
export interface FastifyLike {
  addHook(
    name: 'onRequest',
    hook: (
      request: { readonly raw: EmitterLike & { readonly headers: object } },
      reply: { readonly raw: EmitterLike },
      done: () => void,
    ) => void,
  ): unknown
}

/** A Fastify plugin that works on the instance that registers it. */
export type LanePlugin = (instance: FastifyLike, options: unknown, done: () => void) => void

/**
 * Makes the Fastify plugin that reads a request's lane and keeps it for everything that the request starts,
 * including the events of its body. Register it first, on the outermost instance: its hook is the first that
 * a request meets, before its body is parsed. A request without a lane, or with one that is not taken, goes on
 * without one. Registered twice, or beside `register`, it works once.
 *
 * @throws TypeError where `propagator` is not one.
 *
 * @example
 * import fastify from 'fastify'
 * import { laneFastify } from '@traffic-lanes/propagation/fastify'
 *
 * const app = fastify()
 * app.register(laneFastify())
 */
export function laneFastify(options: PropagatorOption = {}): LanePlugin {
  const propagator = choosePropagator(options)
  function propagateLane(instance: FastifyLike, _: unknown, done: () => void): void {
    instance.addHook('onRequest', ({ raw }, reply, next) => {
      enterInbound(propagator, raw, [raw, reply.raw], next)
    })
    done()
  }
  // As fastify-plugin does: the hook is for the instance itself, not for a child of it.
  return Object.assign(propagateLane, { [Symbol.for('skip-override')]: true })
}
