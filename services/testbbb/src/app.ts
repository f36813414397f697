import { Router } from '@koa/router'
import type { Observer } from '@traffic-lanes/observe'
import { laneMiddleware } from '@traffic-lanes/propagation/koa'
import { trailMiddleware } from '@traffic-lanes/propagation/trail'
import type { Readiness } from '@traffic-lanes/serve'
import Koa from 'koa'
import { problems } from './problem.ts'

/** What testbbb has to know. */
export interface AppOptions {
  /** The version that this instance is, PROJECT_VERSION: the body of every answer. */
  version: string
  /** What `/readyz` reads. */
  readiness: Pick<Readiness, 'ready' | 'reasons'>
  /** Logs and counts requests, and answers `/metrics`. */
  observer: Pick<Observer, 'log' | 'middleware' | 'metrics'>
}

/**
 * Builds testbbb: `GET /` answers its version; `x-served-by` says who answered, also on errors, and `lanes-trail`
 * which hops the request took.
 *
 * @example
 * const version = 'release-v1'
 * const observer = createObserver({ service: 'testbbb', version })
 * const app = createApp({ version, readiness: createReadiness(), observer })
 */
export function createApp({ version, readiness, observer }: AppOptions): Koa {
  const router = new Router()

  router.get('/', (ctx) => {
    ctx.type = 'text/plain'
    ctx.body = version
  })

  router.get('/healthz', (ctx) => {
    ctx.body = 'ok'
  })

  router.get('/readyz', (ctx) => {
    ctx.status = readiness.ready ? 200 : 503
    ctx.body = readiness.ready ? 'ready' : readiness.reasons.join(', ')
  })

  router.get('/metrics', async (ctx) => {
    const { contentType, body } = await observer.metrics()
    ctx.type = contentType
    ctx.body = body
  })

  const app = new Koa()
  app.on('error', (error) => observer.log.error(error))
  app.use(laneMiddleware())
  app.use(trailMiddleware({ service: 'testbbb', version }))
  app.use(observer.middleware)
  app.use(function servedBy(ctx, next) {
    ctx.set('x-served-by', `testbbb@${version}`)
    return next()
  })
  app.use(problems)
  app.use(router.routes())
  app.use(router.allowedMethods())
  return app
}
