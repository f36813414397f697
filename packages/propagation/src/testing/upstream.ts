import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { choosePropagator } from '../default.ts'
import type { PropagatorOption } from '../default.ts'
import { judgeCall } from './call.ts'
import type { LaneCall } from './call.ts'

/** A service that a test stands in for. */
export interface FakeUpstream {
  /** `http://127.0.0.1:PORT`, without a slash at its end. */
  readonly url: string
  readonly port: number
  /** The requests that came, in their order; grows. */
  readonly calls: readonly LaneCall[]
  /** Stops it, with all its connections. */
  close(this: void): Promise<void>
}

/** How a fake upstream answers, and whose header it reads. */
export interface FakeUpstreamOptions extends PropagatorOption {
  /** Default: status 200 and the body `ok`. */
  readonly answer?: RequestListener
}

/**
 * Starts a real HTTP server on a free port of this machine, which notes the lane of each request.
 *
 * @throws TypeError where `propagator` is not a propagator.
 *
 * @example
 * const testbbb = await startUpstream({ answer: (request, response) => response.end('release') })
 * const app = createApp({ testbbbUrl: testbbb.url })
 * await request(app).get('/').set('project-version', 'release-v1')
 * expectLanes(testbbb, 'release-v1')
 */
export async function startUpstream(options: FakeUpstreamOptions = {}): Promise<FakeUpstream> {
  const propagator = choosePropagator(options)
  const { answer = (_request, response) => void response.end('ok') } = options
  const calls: LaneCall[] = []
  const server = createServer((request, response) => {
    const { method = '', url: path = '', headers, headersDistinct } = request
    const url = `http://${headers.host ?? 'localhost'}${path}`
    const lane = headersDistinct[propagator.header]?.join(', ')
    calls.push(judgeCall(propagator, { method, url, lane }))
    answer(request, response)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  const port = portOf(server.address())
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    calls,
    close: async () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The server has no port')
  return address.port
}
