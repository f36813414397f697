import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from './lanes.ts'

const REGISTER = '@traffic-lanes/propagation/register'
const BATCH = 20

interface Upstream {
  readonly url: string
  /** The path of each call, and every lane that it carried. */
  readonly calls: Array<readonly [string, string]>
  close(): void
}

interface App {
  /** Asks it at once in as many lanes, every fourth time in none, to call by a client. */
  ask(client: string): Promise<void>
  /** Ends it, and answers what it wrote to stderr. */
  end(): Promise<string>
}

async function startUpstream(): Promise<Upstream> {
  const calls: Array<readonly [string, string]> = []
  const note = ({ url = '', headersDistinct }: IncomingMessage): void => {
    calls.push([url.slice(1), headersDistinct['project-version']?.join() ?? 'none'])
  }
  const server = createServer((request, response) => {
    note(request)
    response.end('ok')
  })
  server.on('upgrade', (request, socket) => {
    note(request)
    socket.end('HTTP/1.1 400 No\r\nconnection: close\r\n\r\n')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const close = (): void => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${port}`, calls, close }
}

async function startApp(upstream: string): Promise<App> {
  const app = join(ROOT, 'e2e/register/clients.mjs')
  const { NODE_OPTIONS: _, ...env } = process.env
  const args = ['--import', REGISTER, app, upstream, String(BATCH)]
  const child = spawn(process.execPath, args, { cwd: ROOT, env })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const closed = once(child, 'close')
  const first = await Promise.race([
    createInterface(child.stdout)[Symbol.asyncIterator]().next(),
    closed.then(() => {
      throw new Error(`The app ended before it listened: ${stderr}`)
    }),
  ])
  const base = `http://127.0.0.1:${first.value}`
  return {
    ask: async (client) => {
      const ask = async (_value: unknown, index: number): Promise<void> => {
        const name = index % 4 === 3 ? 'none' : `lane-${index}`
        const headers = name === 'none' ? {} : { 'project-version': name }
        const response = await fetch(`${base}/${client}/${name}`, { headers })
        expect(await response.text()).toBe('ok')
      }
      await Promise.all(Array.from({ length: BATCH }, ask))
    },
    end: async () => {
      child.stdin.end()
      await closed
      return stderr
    },
  }
}

function runsHere(major: number): boolean {
  return Number(process.versions.node.split('.')[0]) >= major
}

let upstream: Upstream
let app: App
beforeAll(async () => {
  upstream = await startUpstream()
  app = await startApp(upstream.url)
})
afterAll(async () => {
  const stderr = await app.end()
  upstream.close()
  // One app has called by all of them, and has had nothing to say.
  if (stderr !== '') throw new Error(stderr)
})

/** The calls by a client, and those of them that another request's lane came with, or none. */
async function callBy(client: string): Promise<{ count: number; wrong: unknown[] }> {
  const { calls } = upstream
  calls.length = 0
  await app.ask(client)
  return { count: calls.length, wrong: calls.filter(([name, lane]) => name !== lane) }
}

const RIGHT = { count: BATCH, wrong: [] }

describe.each(['undici-5', 'undici-6', 'undici', ...(runsHere(22) ? ['undici-8'] : [])])(
  '%s in an app that knows nothing of lanes',
  (version) => {
    it.each(['request', 'request/require', 'pool', 'fetch', 'global fetch'])(
      'H1 mixes up none of 20 calls that wait for one connection: %s',
      async (how) => {
        expect(await callBy(`${version}/${how}`)).toEqual(RIGHT)
      },
    )
  },
)

describe.each(runsHere(22) ? ['WebSocket'] : [])('%s in an app that knows nothing of lanes', () => {
  it('H1 sends each of 20 handshakes in its own lane', async () => {
    expect(await callBy('WebSocket')).toEqual(RIGHT)
  })
})

describe.each([
  ['grpc-js-1-8', ['grpc-js-1-8']],
  ['@grpc/grpc-js', ['grpc-js', 'grpc-js, by require']],
  ['node:http2', ['node:http2']],
])('%s in an app that knows nothing of lanes', (_, clients) => {
  it.each(clients)(
    'H20, H1 mixes up none of 20 calls over one connection, the server of which calls on: %s',
    async (client) => {
      expect(await callBy(client)).toEqual(RIGHT)
    },
  )
})
