import { createApp as createTestbbb } from '../../testbbb/src/app.ts'
import { createReadiness, serve } from '@traffic-lanes/serve'
import { expect, it, onTestFinished } from 'vitest'
import { quiet, startApp } from './app.ts'

async function startTestbbb(): Promise<string> {
  const app = createTestbbb({ version: 'release', readiness: createReadiness(), observer: quiet })
  const { port, stop } = await serve(app.callback(), { port: 0, signals: false })
  onTestFinished(async () => void (await stop()))
  return `http://127.0.0.1:${port}`
}

it.each(['/', '/fetch'])('GET %s names the hops that it took', async (path) => {
  const http = startApp({ version: 'release-v1', testbbbUrl: await startTestbbb() })
  const inLane = await http.get(path).set('project-version', 'release-v1').expect(200)
  expect(inLane.headers['lanes-trail']).toBe(
    'testaaa@release-v1 > testbbb@release; lane=release-v1',
  )
  const without = await http.get(path).expect(200)
  expect(without.headers['lanes-trail']).toBe('testaaa@release-v1 > testbbb@release')
})
