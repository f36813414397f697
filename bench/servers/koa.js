// A Koa server that says hello; `/lane` tells which lane it found.
import { createRequire } from 'node:module'
import { currentLane } from '@traffic-lanes/propagation'
import { laneMiddleware } from '@traffic-lanes/propagation/koa'

// Koa is a dependency of the package's tests, not of the workspace.
const fromPackage = createRequire(import.meta.resolve('@traffic-lanes/propagation/package.json'))
const Koa = fromPackage('koa')

/** @param {'bare' | 'sdk'} mode */
export function createListener(mode) {
  const app = new Koa()
  if (mode === 'sdk') app.use(laneMiddleware())
  app.use((ctx) => {
    ctx.body = ctx.path === '/lane' ? (currentLane() ?? 'none') : 'hello'
  })
  return app.callback()
}
