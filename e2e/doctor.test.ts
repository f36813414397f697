import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { lanes, ROOT } from './lanes.ts'

const FOLDER = join(ROOT, 'e2e/doctor')

/** The line of losing.cjs on which a comment stands, as the doctor says it. */
function lineOf(comment: string): string {
  const lines = readFileSync(join(FOLDER, 'losing.cjs'), 'utf8').split('\n')
  return `losing.cjs:${lines.findIndex((line) => line.endsWith(`// ${comment}`)) + 1}:`
}

interface Finding {
  readonly kind: string
  readonly at: string | null
  readonly startedAt: string | null
  readonly client: string
  readonly url: string
}

/** Runs an app under the preload, without the cli. */
async function preload(app: string): Promise<{ text: string; code: unknown }> {
  const child = spawn(
    process.execPath,
    ['--import', '@traffic-lanes/propagation/doctor', join(FOLDER, app)],
    { cwd: ROOT },
  )
  onTestFinished(() => void child.kill())
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more))
  const [code]: unknown[] = await once(child, 'close')
  return { text, code }
}

describe('lanes doctor', () => {
  it('finds nothing where nothing loses the lane, by any client, redirected, posted, at once', async () => {
    const [byCli, byPreload] = await Promise.all([
      lanes(['doctor', 'whole.mjs'], FOLDER).exited,
      preload('whole.mjs'),
    ])
    expect(byCli.stderr).toBe('')
    expect(byCli.stdout.replaceAll(/\d{4,5}/g, 'PORT')).toBe(
      "Asked the app on port PORT: GET / (13 × 200), POST / (13 × 200); it made 138 calls.\nEvery call to the cluster carried its request's lane, and none to a third party did.\n",
    )
    expect(byCli.code).toBe(0)
    expect(byPreload.text).toContain("Every call to the cluster carried its request's lane")
    expect(byPreload.code).toBe(0)
  })

  it('names the client and the line of each call that loses, mixes or leaks it', async () => {
    const [asJson, inWords] = await Promise.all([
      lanes(['doctor', 'losing.cjs', '--json'], FOLDER).exited,
      lanes(['doctor', 'losing.cjs'], FOLDER).exited,
    ])
    expect([asJson.code, inWords.code]).toEqual([1, 1])
    const { findings }: { findings: readonly Finding[] } = JSON.parse(asJson.stdout)
    const found = findings.map(({ kind, at, client, url }) => ({
      kind,
      client,
      path: new URL(url).pathname,
      line: at?.slice(FOLDER.length + 1).replace(/\d+$/, ''),
    }))
    const expected = [
      { kind: 'lost', client: 'axios', path: '/queue', line: lineOf('queue') },
      { kind: 'leaked', client: 'axios', path: '/charge', line: lineOf('outside') },
      { kind: 'mixed', client: 'fetch', path: '/fixed', line: lineOf('fixed') },
      { kind: 'mixed', client: 'fetch', path: '/batch/1', line: lineOf('batch') },
    ]
    expect(found).toEqual(expect.arrayContaining(expected))
    expect(found).toHaveLength(expected.length)
    const queue = findings.find(({ url }) => url.endsWith('/queue'))
    expect(queue?.startedAt).toMatch(/losing\.cjs:9:1$/)

    expect(inWords.stdout).toMatch(
      /^lost {2}losing\.cjs:8:\d+ {2}axios to testbbb\.test-istio:32000\n {2}A call for GET \/ carried no lane\.\n {2}It ran in work that losing\.cjs:9:1 started\.\n {2}The work was handed to code .*bind\(fn\)/m,
    )
    expect(inWords.stdout).toMatch(/\n4 findings\n$/)
  })

  it('names the client that makes a call, not the framework whose handler does', async () => {
    const { code, stdout } = await lanes(['doctor', 'framework.mjs'], FOLDER).exited
    expect(stdout).toMatch(/^leaked {2}framework\.mjs:11:\d+ {2}fetch to api\.example\.com$/m)
    expect(code).toBe(1)
  })

  it('passes arguments and variables on, asks for the path that it is told, and judges no silence', async () => {
    const app = ['args.mjs', '--', '--upstream', 'http://testbbb/']
    const env = { TOKEN: 'a' }
    const [asked, idle] = await Promise.all([
      lanes(['doctor', '--path', '/call', ...app], FOLDER, env).exited,
      lanes(['doctor', ...app], FOLDER, env).exited,
    ])
    expect(asked.stdout).toContain('GET /call (13 × 200), POST /call (13 × 200); it made 28 calls')
    expect(asked.code).toBe(0)
    expect(idle.stdout).toContain('There is nothing to judge: ask for a path that calls')
    expect(idle.code).toBe(2)
  })

  it.each([
    [
      ['args.mjs'],
      /^lanes: args\.mjs ended with exit code 64 before it listened\. Start it by `node args\.mjs` first, and give the doctor the same variables and arguments\. It wrote last:\n {2}usage: TOKEN=… args\.mjs --upstream URL\n$/,
    ],
    [
      ['silent.mjs', '--timeout', '0.5'],
      /^lanes: silent\.mjs did not listen within 0\.5 s: no server .*\. It wrote last:\n {2}connecting to the database\n$/,
    ],
    [
      ['cluster.mjs', '--timeout', '1'],
      /^lanes: cluster\.mjs did not listen within 1 s: .*\. It wrote last:\n {2}traffic-lanes: the app serves from a process that it started \(\d+ of \d+\), and the doctor examines one process: start the app without its cluster\n$/,
    ],
    [
      ['thread.mjs', '--timeout', '1'],
      /^lanes: thread\.mjs did not listen within 1 s: .*\. It wrote last:\n {2}traffic-lanes: the app serves from a worker thread, and the doctor examines the main thread: start the app without its workers\n$/,
    ],
    [
      ['dying.mjs'],
      /^lanes: dying\.mjs ended with exit code 1 while it was asked; .*no such table: orders/s,
    ],
    [['missing.mjs'], /^lanes: missing\.mjs does not exist; name the file that `node` starts\n$/],
    [['whole.mjs', '--timeout', 'x'], /^lanes: `--timeout x` is no number of seconds above 0\n$/],
  ])('is clear about %o, and ends with exit code 2', async (args, message) => {
    const exit = await lanes(['doctor', ...args], FOLDER).exited
    expect(exit.stderr).toMatch(message)
    expect(exit.stdout).toBe('')
    expect(exit.code).toBe(2)
  })
})
