import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import type { TestContext } from 'vitest'
import { startEnvoy } from './support/envoy.ts'
import type { Envoy } from './support/envoy.ts'
import { ask } from './support/http.ts'
import type { Answer } from './support/http.ts'
import { anyPorts, lanes, ROOT } from './support/lanes.ts'
import { programPath } from './support/program.ts'
import { Resources } from './support/resources.ts'

/** Of Node's 5 s, Envoy's hour and our 75 s and 30 s a fifth or a tenth is left, so that a test takes seconds. */
const STOCK_KEEP_ALIVE = 500
const SERVE_KEEP_ALIVE = 15_000
const IDLE_TIMEOUT = '{ idleTimeout: 300ms }'
/** Node waits a second longer than it is told, to be the last to close. */
const BUFFER = 1000
/** What Istio retries by default. */
const DEFAULT_RETRIES = '{ attempts: 2 }'
const CONNECTIONS = 20

const resources = new Resources()
afterEach(() => resources.close())

interface Setting {
  readonly server: 'stock' | 'serve'
  readonly policy: string
  readonly retries?: string
}

class Scene {
  readonly envoy: Envoy
  readonly #server: ChildProcess

  constructor(envoy: Envoy, server: ChildProcess) {
    this.envoy = envoy
    this.#server = server
  }

  /** One after the other in one order: all connections of the proxy are open, then all are idle. */
  async warmUp(): Promise<void> {
    const answers = await this.send('POST', `/together?n=${CONNECTIONS}`)
    const failed = answers.find(({ status }) => status !== 200)
    if (failed !== undefined) throw new Error(`the warm-up got ${failed.status}: ${failed.body}`)
  }

  /**
   * The service is busy until its time for idle connections is over. Requests come meanwhile, on connections
   * that are open: they lie in its socket buffers when it closes the connections.
   */
  async sendWhileBusy(method: 'GET' | 'POST'): Promise<Answer[]> {
    this.#server.send({ block: STOCK_KEEP_ALIVE + BUFFER + 200 })
    await once(this.#server, 'message')
    return this.send(method, '/')
  }

  send(method: string, path: string): Promise<Answer[]> {
    const options = {
      port: this.envoy.portOf('0.0.0.0_8000'),
      method,
      path,
      headers: { host: 'app' },
    }
    const body = method === 'POST' ? 'pay 10 euros' : undefined
    return Promise.all(Array.from({ length: CONNECTIONS }, () => ask(options, body)))
  }
}

async function stage(context: TestContext, setting: Setting): Promise<Scene> {
  const { server, policy, retries = DEFAULT_RETRIES } = setting
  const keepAlive = server === 'stock' ? STOCK_KEEP_ALIVE : SERVE_KEEP_ALIVE
  const program = fileURLToPath(new URL('servers/service.js', import.meta.url))
  const child = fork(program, [server, String(keepAlive)])
  resources.add(child, async () => {
    child.disconnect()
    await once(child, 'exit')
  })
  const [{ port }]: [{ port: number }] = await message(child)
  const text = readFileSync(join(ROOT, 'real/fixtures/keep-alive.yaml'), 'utf8')
  const manifests = join(resources.folder(), 'keep-alive.yaml')
  writeFileSync(manifests, text.replace('$POLICY', policy).replace('$RETRIES', retries))
  const from = ['envoy', '--from', 'deployment/lab/client', '-f', manifests]
  const bootstrap = lanes(...from, '--endpoint', `app=127.0.0.1:${port}`, ...anyPorts(8000))
  return new Scene(await startEnvoy(resources, programPath(context, 'envoy'), bootstrap), child)
}

async function message(child: ChildProcess): Promise<[{ port: number }]> {
  const [told]: { port: number }[] = await once(child, 'message')
  if (told === undefined) throw new Error('the service said nothing')
  return [told]
}

const statuses = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status)

describe('problem 4: 503 UC, upstream_reset_before_response_started{connection_termination}', () => {
  it('is there with Node’s own server and Envoy’s own idle time', async (context) => {
    const scene = await stage(context, { server: 'stock', policy: '{}' })
    await scene.warmUp()
    const answers = await scene.sendWhileBusy('POST')
    expect(statuses(answers)).toContain(503)
    expect(answers.find(({ status }) => status === 503)?.body).toBe(
      'upstream connect error or disconnect/reset before headers. reset reason: connection termination',
    )
    expect(await scene.envoy.logged(/"response_flags":"UC"/)).toMatchObject({
      response_code: 503,
      response_code_details: 'upstream_reset_before_response_started{connection_termination}',
    })
  })

  it('is gone with @traffic-lanes/serve and the idleTimeout of k8s/, while it is busy and after', async (context) => {
    const scene = await stage(context, { server: 'serve', policy: IDLE_TIMEOUT })
    await scene.warmUp()
    const busy = await scene.sendWhileBusy('POST')
    const after = await scene.send('POST', '/')
    expect(new Set(statuses([...busy, ...after]))).toEqual(new Set([200]))
  })

  it('is gone with the server’s longer keep-alive alone, while the proxy keeps the connections', async (context) => {
    const scene = await stage(context, { server: 'serve', policy: '{}' })
    await scene.warmUp()
    expect(new Set(statuses(await scene.sendWhileBusy('POST')))).toEqual(new Set([200]))
  })

  it('is gone with one request for each connection, at the price of a connection each', async (context) => {
    const scene = await stage(context, {
      server: 'stock',
      policy: '{ maxRequestsPerConnection: 1 }',
    })
    await scene.warmUp()
    expect(new Set(statuses(await scene.sendWhileBusy('POST')))).toEqual(new Set([200]))
    const stats = await scene.envoy.admin('/stats?filter=outbound.*upstream_cx_total')
    expect(stats).toContain(`upstream_cx_total: ${2 * CONNECTIONS}`)
  })

  it('is hidden by retries on reset, which may have a POST done twice', async (context) => {
    const retries = '{ attempts: 3, retryOn: reset }'
    const scene = await stage(context, { server: 'stock', policy: '{}', retries })
    await scene.warmUp()
    expect(new Set(statuses(await scene.sendWhileBusy('POST')))).toEqual(new Set([200]))
    const stats = await scene.envoy.admin('/stats?filter=outbound.*upstream_rq_retry$')
    expect(Number(/upstream_rq_retry: (\d+)/.exec(stats)?.[1])).toBeGreaterThan(0)
  })
})
