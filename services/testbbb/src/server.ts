import { createReadiness, ListenError, serve } from '@traffic-lanes/serve'
import { createApp } from './app.ts'

const version = process.env['PROJECT_VERSION'] || 'release'
const readiness = createReadiness()
const app = createApp({ version, readiness })

try {
  const { port } = await serve(app.callback(), { readiness, defaultPort: 32_000 })
  console.log(`testbbb@${version} listens on ${port}`)
} catch (error) {
  if (!(error instanceof ListenError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
