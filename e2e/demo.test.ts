import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isAlive, lanes, pidsIn, ROOT } from './lanes.ts'
import { smallProject } from './project.ts'
import type { Project } from './project.ts'
import { readmeBlock } from './readme.ts'
import { listen } from './wire.ts'

/** The repository's own lanes.yaml, entered by any free port: the test may run beside a demo. */
function demoProject(change: (text: string) => string = (text) => text): Project {
  const text = readFileSync(join(ROOT, 'lanes.yaml'), 'utf8')
    .replaceAll('cwd: services/', `cwd: ${ROOT}services/`)
    .replaceAll('31380', '0')
  return smallProject({ 'lanes.yaml': change(text) })
}

/** Two versions of one service, and these requests. */
function smallDemo(requests: string, changes: Readonly<Record<string, string>> = {}): Project {
  const project = smallProject(changes)
  const demo = `  demo: { url: 'http://127.0.0.1:0/version', requests: ${requests} }\n`
  project.write('lanes.yaml', project.read('lanes.yaml') + demo)
  return project
}

const MANIFESTS = ['-f', join(ROOT, 'k8s')]

const ms: unknown = expect.any(Number)
const ROWS = [
  rowOf(null, 'release', 'release'),
  rowOf('release-v1', 'release-v1', 'release-v1'),
  rowOf('release-v9', 'release', 'release'),
  rowOf('release-v2', 'release-v2', 'release'),
  rowOf('release-v3', 'release', 'release-v3'),
]

function rowOf(sent: string | null, testaaa: string, testbbb: string): object {
  const lane = sent === null ? '' : `; lane=${sent}`
  const trail = `testaaa@${testaaa} > testbbb@${testbbb}${lane}`
  return { sent, testaaa, testbbb, body: testbbb, trail, ms }
}

describe('lanes demo', () => {
  it('sends the five requests through real processes and says who served each', async () => {
    const { code, stdout, stderr } = await lanes(
      ['demo', '--json', ...MANIFESTS],
      demoProject().folder,
    ).exited
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\[.*\]\n$/)
    const rows: unknown = JSON.parse(stdout)
    expect(rows).toEqual(ROWS)
  })

  it('prints for each request what decided, the commands that repeat it, and leaves no process', async () => {
    const config = join(demoProject().folder, 'lanes.yaml')
    const { stdout, code } = await lanes(['demo', '--config', config]).exited
    expect(code).toBe(0)
    expect(stdout).toContain('5 of 5 requests went where the manifests say')
    const pids = pidsIn(stdout)
    expect(pids.size).toBe(6)
    expect([...pids.values()].filter(isAlive)).toEqual([])

    const [row = ''] = /^project-version: release-v3 [^]*?\n(?=\n)/m.exec(stdout) ?? []
    const measured = /\d+(\.\d+)? ms|127\.0\.0\.1:\d+/g
    expect(row.replace(measured, '…')).toBe(readmeBlock('served by').replace(measured, '…'))

    const [, command = ''] =
      /npx lanes (explain --from deployment\S+ \S+ --lane release-v3)/.exec(row) ?? []
    const explained = await lanes(command.split(' ')).exited
    expect(explained.stdout).toContain('forward to testbbb-release-v3')
  })

  it('fails where a response differs from the table', async () => {
    const { folder } = smallDemo('[{ served: [web@release] }, { lane: v1, served: [web@release] }]')
    const { code, stdout } = await lanes(['demo'], folder).exited
    expect(code).toBe(1)
    expect(stdout).toContain('web@release should have served, not web@v1')
    expect(stdout).toContain('1 of 2 requests went wrong')
  })

  it('fails where the trail says that an app lost the lane, which the mesh cannot know', async () => {
    const app = readFileSync(join(ROOT, 'e2e/app.cjs'), 'utf8').replace(
      "response.setHeader('x-served-by', name)",
      "$& ; response.setHeader('lanes-trail', 'web@v1 > back@release (no lane); lane=v1')",
    )
    const { folder } = smallDemo('[{ lane: v1, served: [web@v1] }]', { 'app.cjs': app })
    const { code, stdout } = await lanes(['demo'], folder).exited
    expect(stdout).toContain('web@v1 called back@release with no lane, not v1')
    expect(code).toBe(1)
  })

  it('ends with one sentence when an instance is killed', async () => {
    const run = lanes(['demo', '--keep'], smallDemo('[]').folder)
    await run.says(/keeps running until Ctrl-C/)
    const pids = pidsIn(run.output)
    process.kill(pids.get('web-v1') ?? 0, 'SIGKILL')
    const { code, stderr } = await run.exited
    expect(code).toBe(1)
    expect(stderr).toMatch(/^lanes: web-v1 \(k8s\/web-v1\.yaml:1:1\) was killed by SIGKILL; /)
    expect([...pids.values()].filter(isAlive)).toEqual([])
  })

  it('names the line of lanes.yaml whose port is in use', async () => {
    const holder = createServer()
    const port = await listen(holder)
    const { folder } = demoProject((text) =>
      text.replace('80: 0', `80: ${port}`).replace('127.0.0.1:0', `127.0.0.1:${port}`),
    )
    const { code, stderr, stdout } = await lanes(['demo', '--json', ...MANIFESTS], folder).exited
    holder.close()
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toMatch(
      new RegExp(
        `^lanes: lanes\\.yaml:\\d+:\\d+: port ${port} of 127\\.0\\.0\\.1, .* is in use already; stop the program that holds it, or change the number there\n$`,
      ),
    )
  })

  it('says that there is nothing to play without spec.demo', async () => {
    const { code, stderr } = await lanes(['demo'], smallProject().folder).exited
    expect(code).toBe(2)
    expect(stderr).toContain('lanes.yaml has no `spec.demo`')
  })
})
