import { createObserver } from '@traffic-lanes/observe'
import { createReadiness, ListenError, serve } from '@traffic-lanes/serve'
import { createApp } from './app.ts'

const version = process.env['PROJECT_VERSION'] || 'release'
const readiness = createReadiness()
const observer = createObserver({ service: 'testbbb', version })
const app = createApp({ version, readiness, observer })
const log = (line: string): void => observer.log.warn(line)

try {
  const { port } = await serve(app.callback(), { readiness, defaultPort: 32_000, log })
  observer.log.info({ port }, 'listens')
} catch (error) {
  if (!(error instanceof ListenError)) throw error
  observer.log.fatal(error.message)
  process.exitCode = 1
}
