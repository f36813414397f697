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
async function startApp(
  version: string,
  first: string,
  ...preloads: readonly string[]
): Promise<string> {
  const server = createServer((request, response) => {
    response.end(request.headers['project-version'] ?? 'none')
  })
  const upstream = `http://127.0.0.1:${await listen(server)}/`
  const app = join(ROOT, 'e2e/register/global-undici.mjs')
  const imports = [REGISTER, ...preloads].flatMap((preload) => ['--import', preload])
  const child = spawn(process.execPath, [...imports, app, upstream, version, first], {
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

/** What the app answers to a request in a lane, and to one without. */
async function answers(url: string): Promise<string[]> {
  const ask = async (headers: Record<string, string>): Promise<string> =>
    (await fetch(url, { headers })).text()
  return [await ask({ 'project-version': 'release-v1' }), await ask({})]
}

const RIGHT = ['release-v1 release-v1', 'none none']

// All copies share one global dispatcher, which may be that of Node's own undici: axios, for one, loads it.
it.each(VERSIONS.flatMap((version) => ['package', 'node'].map((first) => [version, first])))(
  'register carries the lane by the global dispatcher: %s, %s first',
  async (version, first) => {
    expect(await answers(await startApp(version, first))).toEqual(RIGHT)
  },
)

it.each(VERSIONS)(
  'register knows what a loader other than that of Node loads: %s',
  async (version) => {
    const url = await startApp(version, 'package', './e2e/register/own-loader.mjs')
    expect(await answers(url)).toEqual(RIGHT)
  },
)
