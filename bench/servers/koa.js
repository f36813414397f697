// A Koa server: `/` says hello, `/axios` and `/fetch` make one call, `POST /body` reads its body, `/lane` tells which
// lane the app finds.
import { AsyncLocalStorage } from 'node:async_hooks'
import { createRequire } from 'node:module'

// Koa and axios are dependencies of the package's tests, not of the workspace.
const fromPackage = createRequire(import.meta.resolve('@traffic-lanes/propagation/package.json'))

const HEADER = 'project-version'

/** Each way of carrying the lane, set up before Koa and axios are loaded. */
const modes = {
  bare: () => ({ read: () => undefined }),
  // The least that keeps a value for a request, as express-http-context does: no checks, no body events, and the
  // header is put on each call by hand.
  als: () => {
    const store = new AsyncLocalStorage()
    const keep = (ctx, next) => store.run(ctx.req.headers[HEADER], next)
    const read = () => store.getStore()
    const headers = () => (read() === undefined ? {} : { [HEADER]: read() })
    return { middleware: keep, read, headers }
  },
  sdk: async () => {
    const [{ currentLane }, { laneMiddleware }, { registerInterceptor }, { laneFetch }] =
      await Promise.all([
        import('@traffic-lanes/propagation'),
        import('@traffic-lanes/propagation/koa'),
        import('@traffic-lanes/propagation/axios'),
        import('@traffic-lanes/propagation/fetch'),
      ])
    const register = (axios) => void registerInterceptor(axios)
    return { middleware: laneMiddleware(), read: currentLane, register, fetch: laneFetch }
  },
  // Loaded by `--import` already; the app knows nothing.
  register: async () => {
    const { currentLane } = await import('@traffic-lanes/propagation')
    return { read: currentLane }
  },
  hpropagate: async () => {
    const { default: hpropagate } = await import('hpropagate')
    hpropagate({ headersToPropagate: [HEADER], setAndPropagateCorrelationId: false })
    return { read: () => undefined }
  },
  otel: async () => {
    const { startOpenTelemetry } = await import('./opentelemetry.js')
    return { read: startOpenTelemetry(HEADER) }
  },
}

/** @param {keyof typeof modes} mode @param {string} upstream what `/axios` and `/fetch` call */
export async function createListener(mode, upstream) {
  const carrying = await modes[mode]()
  const { middleware, read, register, headers = () => ({}), fetch = globalThis.fetch } = carrying
  const Koa = fromPackage('koa')
  const axios = fromPackage('axios').create()
  register?.(axios)
  const routes = {
    '/': () => 'hello',
    '/lane': () => read() ?? 'none',
    '/axios': async () => (await axios.get(upstream, { headers: headers() })).data,
    '/fetch': async () => (await fetch(upstream, { headers: headers() })).text(),
    '/body': async ({ req }) => {
      let bytes = 0
      for await (const chunk of req) bytes += chunk.length
      return String(bytes)
    },
  }
  const app = new Koa()
  if (middleware !== undefined) app.use(middleware)
  app.use(async (ctx) => {
    ctx.body = await routes[ctx.path](ctx)
  })
  return app.callback()
}
