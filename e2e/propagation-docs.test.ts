import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { ROOT } from './lanes.ts'
import { listen } from './wire.ts'

const PRELOAD = pathToFileURL(join(ROOT, 'e2e/propagation-docs/preload.mjs')).href
const REGISTER = '@traffic-lanes/propagation/register'

/** Clients whose newest versions need a later Node, and the version that runs on this one. */
const OLDER: Readonly<Record<string, string>> =
  Number(process.versions.node.split('.')[0]) < 22 ? { got: 'got-14', ky: 'ky-1' } : {}

/** Answers with the lane that came. */
const testbbb = createServer((request, response) => {
  response.end(request.headers['project-version'] ?? 'none')
})
let port = 0
// Where the clients of the examples are installed.
const folder = mkdtempSync(join(ROOT, 'packages/propagation/node_modules/.docs-'))
beforeAll(async () => {
  port = await listen(testbbb)
})
afterAll(() => {
  testbbb.close()
  rmSync(folder, { recursive: true })
})

interface Example {
  readonly kind: 'server' | 'register' | 'run'
  readonly heading: string
  readonly code: string
}

/** The programs of a page, by the word behind `js`. */
function examplesOf(page: string): Example[] {
  const text = readFileSync(join(ROOT, page), 'utf8')
  let heading = ''
  return [...text.matchAll(/^#+ (.+)$|^```js (\w+)\n([^]*?)^```$/gm)].flatMap(
    ([, title, kind, code = '']): Example[] => {
      heading = title ?? heading
      return kind === 'server' || kind === 'register' || kind === 'run'
        ? [{ kind, heading, code }]
        : []
    },
  )
}

const examples = examplesOf('docs/propagation.md')
const titled = (wanted: Example['kind'][]): ReadonlyArray<[string, Example]> =>
  examples.filter(({ kind }) => wanted.includes(kind)).map((each) => [each.heading, each])

/** Starts an example. */
function start({ kind, code }: Example): ReturnType<typeof fork> {
  const file = join(folder, `${examples.findIndex((each) => each.code === code)}.mjs`)
  const runnable = Object.entries(OLDER).reduce(
    (text, [name, older]) => text.replace(`from '${name}'`, `from '${older}'`),
    code,
  )
  writeFileSync(file, runnable)
  const { PROJECT_VERSION: _, NODE_OPTIONS: __, ...env } = process.env
  const child = fork(file, {
    execArgv: ['--import', PRELOAD, ...(kind === 'register' ? ['--import', REGISTER] : [])],
    env: { ...env, TESTBBB_PORT: String(port) },
    cwd: ROOT,
    silent: true,
  })
  onTestFinished(() => void child.kill())
  return child
}

async function output(child: ReturnType<typeof fork>): Promise<{ out: string; err: string }> {
  const text = { out: '', err: '' }
  child.stdout?.setEncoding('utf8').on('data', (more: string) => (text.out += more))
  child.stderr?.setEncoding('utf8').on('data', (more: string) => (text.err += more))
  await once(child, 'close')
  return text
}

describe('docs/propagation.md', () => {
  it('holds a program for each integration', () => {
    expect(examples.length).toBeGreaterThan(25)
  })

  it.each(titled(['server', 'register']))('carries the lane as it says: %s', async (_, example) => {
    const child = start(example)
    const ended = output(child).then(({ err }) => {
      throw new Error(`The program ended: ${err}`)
    })
    const listening: unknown = await Promise.race([
      once(child, 'message').then(([message]) => message),
      ended,
    ])
    ended.catch(() => undefined)
    const url = `http://127.0.0.1:${String(listening)}/`
    const lane = { 'project-version': 'release-v1' }
    const inLane = await fetch(url, { headers: lane })
    expect(await inLane.text()).toBe('release-v1')
    expect(await (await fetch(url)).text()).toBe('none')
  })

  it.each(titled(['run']))('prints what its comments say: %s', async (_, example) => {
    const said = example.code
      .split('\n')
      .filter((line) => /console\.log|log\.info/.test(line))
      .map((line) => line.split(' // ')[1])
    const { out, err } = await output(start(example))
    expect(err).toBe('')
    expect(out.trimEnd().split('\n')).toEqual(said)
  })
})
