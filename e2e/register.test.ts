import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ROOT } from './lanes.ts'

/** What the calls of e2e/register/app.mjs carried. */
interface Calls {
  readonly get: string
  readonly request: string
  readonly fetch: string
  /** After a redirect from inside to a host that is not in the cluster. */
  readonly outside: string
}

interface App {
  /** The calls that it made before any request came. */
  readonly startup: Calls
  post(lane: string | undefined): Promise<Calls>
  /** The header `lanes-trail` of an answer. */
  trail(lane: string | undefined): Promise<string | null>
  /** Ends it, and answers what it wrote to stderr. */
  end(): Promise<string>
}

const REGISTER = '@traffic-lanes/propagation/register'
const CARRIED = { get: 'a', request: 'a', fetch: 'a', outside: 'none' }
const NOTHING = { get: 'none', request: 'none', fetch: 'none', outside: 'none' }

async function start(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<App> {
  const { LANES_HEADER: _, PROJECT_VERSION: __, NODE_OPTIONS: ___, ...outer } = process.env
  const child = spawn(process.execPath, args, { cwd: ROOT, env: { ...outer, ...env } })
  onTestFinished(() => void child.kill())
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const closed = new Promise<string>((resolve) => {
    child.on('close', () => resolve(stderr))
  })
  const first = await Promise.race([
    createInterface(child.stdout)[Symbol.asyncIterator]().next(),
    closed.then((text) => {
      throw new Error(`The app ended before it listened: ${text}`)
    }),
  ])
  const { port, startup }: { port: number; startup: Calls } = JSON.parse(String(first.value))
  const send = async (lane: string | undefined): Promise<Response> => {
    const headers = lane === undefined ? {} : { [env['HEADER'] ?? 'project-version']: lane }
    const url = `http://127.0.0.1:${port}/`
    return fetch(url, { method: 'POST', body: 'some body', headers })
  }
  return {
    startup,
    post: async (lane) => {
      const response = await send(lane)
      const calls: Calls = JSON.parse(await response.text())
      return calls
    },
    trail: async (lane) => {
      const response = await send(lane)
      await response.text()
      return response.headers.get('lanes-trail')
    },
    end: async () => {
      child.stdin.end()
      return closed
    },
  }
}

/** A module to be imported before. */
function script(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`
}

const esm = join(ROOT, 'e2e/register/app.mjs')
const cjs = join(ROOT, 'e2e/register/app.cjs')

describe('node --import @traffic-lanes/propagation/register', () => {
  it.each([
    ['an ESM app', ['--import', REGISTER, esm], {}],
    ['a CommonJS app', ['--import', REGISTER, cjs], {}],
    ['a CommonJS app, by --require', ['--require', REGISTER, cjs], {}],
    ['an ESM app, by NODE_OPTIONS', [esm], { NODE_OPTIONS: `--import ${REGISTER}` }],
  ])('carries the lane through %s, prints nothing, and leaks nothing', async (_, args, env) => {
    const app = await start(args, env)
    expect(app.startup).toEqual(NOTHING)
    expect(await app.post('a')).toEqual(CARRIED)
    expect(await app.post(undefined)).toEqual(NOTHING)
    const warned = await app.end()
    // Node 20 and 22 warn of require() of ESM, which is theirs to say.
    expect(args[0] === '--require' ? '' : warned).toBe('')
  })

  it('carries nothing without it', async () => {
    const app = await start([esm])
    expect(await app.post('a')).toEqual(NOTHING)
  })

  it('takes the header, the targets and the lane of the pod from the environment', async () => {
    const app = await start(['--import', REGISTER, esm], {
      HEADER: 'x-lane',
      LANES_HEADER: 'X-Lane',
      LANES_TARGETS: '::ffff:127.0.0.1',
      LANES_DEFAULT: '1',
      PROJECT_VERSION: 'release-v1',
    })
    const own = 'release-v1'
    expect(app.startup).toEqual({ get: own, request: own, fetch: own, outside: own })
    expect(await app.post('a')).toEqual({ ...CARRIED, outside: 'a' })
    // A request without a lane does not get that of the pod.
    expect(await app.post(undefined)).toEqual(NOTHING)
    expect(await app.end()).toBe('')
  })

  it('tells the trail of each request with LANES_TRAIL, its own calls included', async () => {
    const app = await start(['--import', REGISTER, esm], {
      LANES_TRAIL: 'testaaa',
      PROJECT_VERSION: 'release-v1',
    })
    const trail = 'testaaa@release-v1 > testaaa@release-v1'
    expect(await app.trail('a')).toBe(`${trail}; lane=a`)
    expect(await app.trail(undefined)).toBe(trail)
    expect(await app.end()).toBe('')
  })

  it('says in one line what is wrong with a variable, and runs the app', async () => {
    const app = await start(['--import', REGISTER, esm], {
      LANES_HEADER: 'content-length',
      LANES_DEBUG: '0',
    })
    expect(await app.post('a')).toEqual(CARRIED)
    expect(await app.end()).toBe(
      'traffic-lanes: LANES_HEADER is "content-length", expected the name of a header of your own: "project-version" is used\n',
    )
  })

  it('H7 runs the app, and says so, where it cannot be installed', async () => {
    const slot = 'Symbol.for("@traffic-lanes/propagation/install@1")'
    const breaks = `Object.defineProperty(globalThis,${slot},{get(){throw new Error("broken")}})`
    const app = await start(['--import', script(breaks), '--import', REGISTER, esm])
    expect(await app.post('a')).toEqual(NOTHING)
    expect(await app.end()).toBe(
      'traffic-lanes: Cannot install the lanes, the app runs without them: Error: broken\n',
    )
    const mutes = 'process.stderr.write=()=>{throw new Error("closed")}'
    const env = { LANES_HEADER: 'content-length', LANES_DEBUG: '1' }
    const silent = await start(['--import', script(mutes), '--import', REGISTER, esm], env)
    expect(await silent.post('a')).toEqual(CARRIED)
  })

  it('H7, H11 carries the lane by node:http, in one store, where nothing can be added to the global object', async () => {
    const freezes = 'await fetch("data:,");Object.freeze(globalThis)'
    const app = await start(['--import', script(freezes), '--import', REGISTER, esm])
    expect(await app.post('a')).toMatchObject({ get: 'a', request: 'a', outside: 'none' })
    expect(await app.post(undefined)).toEqual(NOTHING)
    expect(await app.end()).toBe('')
  })

  it('explains each decision with LANES_DEBUG=1, in a line each, without paths', async () => {
    const app = await start(['--import', REGISTER, esm], { LANES_DEBUG: '1' })
    await app.post('a')
    await app.post('a b')
    const lines = (await app.end()).trimEnd().split('\n')
    const plain = lines.map((line) => line.replaceAll(/:\d{4,}/g, ':PORT'))
    const inLane = 'project-version: a for http://localhost:PORT ("localhost" is this machine)'
    expect(plain).toContain('traffic-lanes: extracted project-version: a (the carrier holds it)')
    expect(plain).toContain(`traffic-lanes: injected ${inLane}`)
    expect(plain).toContain(
      'traffic-lanes: stripped project-version for http://[::ffff:7f00:1]:PORT ("[::ffff:7f00:1]" is neither in the cluster nor this machine, and no entry of `targets` allows it)',
    )
    expect(plain).toContain('traffic-lanes: dropped project-version (pattern)')
    expect(plain.filter((line) => line.includes('echo') || !line.startsWith('traffic-'))).toEqual(
      [],
    )
  })
})
