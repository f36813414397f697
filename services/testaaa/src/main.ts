import { createObserver } from '@traffic-lanes/observe'
import { createReadiness, ListenError, serve } from '@traffic-lanes/serve'
import { createApp } from './app.ts'

const version = process.env['PROJECT_VERSION'] || 'release'
const testbbbUrl = process.env['TESTBBB_URL'] || 'http://testbbb.test-istio:32000'
/** Milliseconds; what is no number, or 0, is the default. */
const timeout = Number(process.env['TESTBBB_TIMEOUT']) || 2_000
const readiness = createReadiness()
const observer = createObserver({ service: 'testaaa', version })
const app = createApp({ version, readiness, observer, testbbbUrl, timeout })
const log = (line: string): void => observer.log.warn(line)

try {
  const { port } = await serve(app.callback(), { readiness, defaultPort: 31_000, log })
  observer.log.info({ port }, 'listens')
} catch (error) {
  if (!(error instanceof ListenError)) throw error
  observer.log.fatal(error.message)
  process.exitCode = 1
}
