// A Koa server that says hello; `/lane` tells which lane it found.
import { AsyncLocalStorage } from 'node:async_hooks'
import { createRequire } from 'node:module'
import { currentLane } from '@traffic-lanes/propagation'
import { laneMiddleware } from '@traffic-lanes/propagation/koa'

// Koa is a dependency of the package's tests, not of the workspace.
const fromPackage = createRequire(import.meta.resolve('@traffic-lanes/propagation/package.json'))
const Koa = fromPackage('koa')

const modes = {
  bare: () => ({ read: () => undefined }),
  // The least that keeps a value for a request: no checks, no body events.
  als: () => {
    const store = new AsyncLocalStorage()
    const keep = (ctx, next) => store.run(ctx.req.headers['project-version'], next)
    return { middleware: keep, read: () => store.getStore() }
  },
  sdk: () => ({ middleware: laneMiddleware(), read: currentLane }),
}

/** @param {keyof typeof modes} mode */
export function createListener(mode) {
  const { middleware, read } = modes[mode]()
  const app = new Koa()
  if (middleware !== undefined) app.use(middleware)
  app.use((ctx) => {
    ctx.body = ctx.path === '/lane' ? (read() ?? 'none') : 'hello'
  })
  return app.callback()
}
