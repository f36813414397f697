import { createReadiness } from '@traffic-lanes/serve'
import request from 'supertest'
import { createApp, type AppOptions } from '../src/app.ts'

/** testaaa, driven over HTTP. */
export function startApp(options: Partial<AppOptions>) {
  const app = createApp({
    version: 'release',
    readiness: createReadiness(),
    testbbbUrl: 'http://127.0.0.1:1/',
    ...options,
  })
  return request(app.callback())
}
