import { createReadiness, ListenError, serve } from '@traffic-lanes/serve'
import { createApp } from './app.ts'

const version = process.env['PROJECT_VERSION'] || 'release'
const testbbbUrl = process.env['TESTBBB_URL'] || 'http://testbbb.test-istio:32000'
const readiness = createReadiness()
const app = createApp({ version, readiness, testbbbUrl })

try {
  const { port } = await serve(app.callback(), { readiness, defaultPort: 31_000 })
  console.log(`testaaa@${version} listens on ${port}`)
} catch (error) {
  if (!(error instanceof ListenError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
