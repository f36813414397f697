import { createObserver } from '@traffic-lanes/observe'
import { createReadiness } from '@traffic-lanes/serve'
import request from 'supertest'
import { createApp, type AppOptions } from '../src/app.ts'

/** Counts and does not speak. */
export const quiet = createObserver({ service: 'testaaa', version: 'release', level: 'silent' })

/** testaaa, driven over HTTP. */
export function startApp(options: Partial<AppOptions>) {
  const app = createApp({
    version: 'release',
    readiness: createReadiness(),
    observer: quiet,
    testbbbUrl: 'http://127.0.0.1:1/',
    ...options,
  })
  return request(app.callback())
}
