import { Router } from '@koa/router'
import type { Observer } from '@traffic-lanes/observe'
import { laneMiddleware } from '@traffic-lanes/propagation/koa'
import { trailMiddleware } from '@traffic-lanes/propagation/trail'
import type { Readiness } from '@traffic-lanes/serve'
import Koa, { type Context } from 'koa'
import { problems } from './problem.ts'
import { byAxios, byFetch, call, type Get } from './upstream.ts'

/** What testaaa has to know. */
export interface AppOptions {
  /** The version that this instance is, PROJECT_VERSION. */
  version: string
  /** What `/readyz` reads. */
  readiness: Pick<Readiness, 'ready' | 'reasons'>
  /** Logs and counts requests, and answers `/metrics`. */
  observer: Pick<Observer, 'log' | 'middleware' | 'metrics'>
  /** Where testbbb is: the cluster's own URL, without a lane in it, because the mesh chooses. */
  testbbbUrl: string
  /** Milliseconds that testbbb may take to answer, body included. Default: 2,000. */
  timeout?: number
}

/**
 * Builds testaaa: `GET /` calls testbbb by axios, `GET /fetch` by fetch, and both answer what it said.
 * `x-served-by` lists this instance and then what testbbb's answer listed, also on errors.
 * `lanes-trail` tells the hops to whoever asks: a service that strangers reach should leave it out, or
 * give `trust` (docs/propagation.md).
 *
 * @throws TypeError when `testbbbUrl` is no URL
 *
 * @example
 * const version = 'release-v1'
 * const observer = createObserver({ service: 'testaaa', version })
 * const testbbbUrl = 'http://testbbb.test-istio:32000'
 * const app = createApp({ version, readiness: createReadiness(), observer, testbbbUrl })
 */
export function createApp({
  version,
  readiness,
  observer,
  testbbbUrl,
  timeout = 2_000,
}: AppOptions): Koa {
  if (!URL.canParse(testbbbUrl)) {
    throw new TypeError(
      `Expected \`testbbbUrl\` (TESTBBB_URL) to be a URL, not ${JSON.stringify(testbbbUrl)}.`,
    )
  }

  const passOn = async (ctx: Context, get: Get): Promise<void> => {
    const answer = await call(get, testbbbUrl, timeout)
    if (answer.servedBy) ctx.set('x-served-by', `testaaa@${version}, ${answer.servedBy}`)
    if ('problem' in answer) return ctx.throw(502, answer.problem)
    ctx.type = 'text/plain'
    ctx.body = answer.body
  }

  const router = new Router()
  const axiosGet = byAxios()
  router.get('/', (ctx) => passOn(ctx, axiosGet))
  router.get('/fetch', (ctx) => passOn(ctx, byFetch))

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
  app.use(trailMiddleware({ service: 'testaaa', version }))
  app.use(observer.middleware)
  app.use(function servedBy(ctx, next) {
    ctx.set('x-served-by', `testaaa@${version}`)
    return next()
  })
  app.use(problems)
  app.use(router.routes())
  app.use(router.allowedMethods())
  return app
}
