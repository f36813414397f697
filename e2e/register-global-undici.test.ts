import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it, onTestFinished } from 'vitest'
import { ROOT } from './lanes.ts'
import { listen } from './wire.ts'

const REGISTER = '@traffic-lanes/propagation/register'
const VERSIONS = ['undici-5', 'undici-6', 'undici', ...(runsHere(22) ? ['undici-8'] : [])]

function runsHere(major: number): boolean {
  return Number(process.versions.node.split('.')[0]) >= major
}

/** Starts an upstream that answers with its lane, and the app that asks it; answers where the app is. */
async function startApp(version: string, first: string): Promise<string> {
  const server = createServer((request, response) => {
    response.end(request.headers['project-version'] ?? 'none')
  })
  const upstream = `http://127.0.0.1:${await listen(server)}/`
  const app = join(ROOT, 'e2e/register/global-undici.mjs')
  const child = spawn(process.execPath, ['--import', REGISTER, app, upstream, version, first], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    child.kill()
    server.closeAllConnections()
    server.close()
  })
  const [port]: unknown[] = await once(createInterface(child.stdout), 'line')
  return `http://127.0.0.1:${String(port)}/`
}

// All copies share one global dispatcher, which may be that of Node's own undici: axios, for one, loads it.
it.each(VERSIONS.flatMap((version) => ['package', 'node'].map((first) => [version, first])))(
  'register carries the lane by the global dispatcher: %s, %s first',
  async (version, first) => {
    const url = await startApp(version, first)
    const ask = async (headers: Record<string, string>): Promise<string> =>
      (await fetch(url, { headers })).text()
    expect(await ask({ 'project-version': 'release-v1' })).toBe('release-v1 release-v1')
    expect(await ask({})).toBe('none none')
  },
)
