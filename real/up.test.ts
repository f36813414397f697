import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { gatewayOf, isAlive, lanes, pidsIn, ROOT } from '../e2e/lanes.ts'
import type { Run } from '../e2e/lanes.ts'
import { deployment, ROUTES, smallProject } from '../e2e/project.ts'
import type { Project } from '../e2e/project.ts'
import { get, getThroughProxy, hold, listen } from '../e2e/wire.ts'
import { ask } from './support/http.ts'
import { programPath } from './support/program.ts'

const V1 = { 'project-version': 'v1' }

let envoy = ''
beforeEach((context) => {
  envoy = programPath(context, 'envoy')
})

/** `lanes up` with real Envoys, or the commands that take the same flags. */
function withEnvoys(command: string, folder: string, ...args: readonly string[]): Run {
  const env = { LANES_ENVOY: envoy, NODE_PATH: join(ROOT, 'node_modules') }
  return lanes([command, '--proxy', 'envoy', ...args], folder, env)
}

async function up(
  project: Project,
  ...args: readonly string[]
): Promise<{ run: Run; url: string }> {
  const run = withEnvoys('up', project.folder, ...args)
  return { run, url: await gatewayOf(run) }
}

/** The repository's own lanes.yaml, entered by any free port. */
function demoProject(): Project {
  const text = readFileSync(join(ROOT, 'lanes.yaml'), 'utf8')
    .replaceAll('cwd: services/', `cwd: ${ROOT}services/`)
    .replaceAll('31380', '0')
  return smallProject({ 'lanes.yaml': text })
}

describe('both data planes', () => {
  it('give the same answers to the five requests', async () => {
    const { folder } = demoProject()
    const args = ['--json', '-f', join(ROOT, 'k8s')]
    const rows = []
    for (const run of [withEnvoys('demo', folder, ...args), lanes(['demo', ...args], folder)]) {
      const { code, stdout, stderr } = await run.exited
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      rows.push(JSON.parse(stdout.replaceAll(/"ms":[\d.]+/g, '"ms":0')))
    }
    expect(rows[0]).toHaveLength(5)
    expect(rows[0]).toEqual(rows[1])
  })

  it('lead a callback to its lane by its host (problem 1)', async () => {
    const { folder } = demoProject()
    const args = ['-f', join(ROOT, 'k8s')]
    for (const run of [withEnvoys('up', folder, ...args), lanes(['up', ...args], folder)]) {
      const { port } = new URL(await gatewayOf(run))
      const answers = []
      for (const lane of ['release-v1', 'release-v3', 'release-v9']) {
        const headers = { host: `${lane}.callback.example.com` }
        const { status, headers: got } = await ask({ port, headers })
        answers.push([status, got['x-served-by']])
      }
      expect(answers).toEqual([
        [200, 'testaaa@release-v1, testbbb@release-v1'],
        [200, 'testaaa@release, testbbb@release-v3'],
        [200, 'testaaa@release, testbbb@release'],
      ])
      await run.end()
    }
  })
})

describe('lanes up --proxy envoy', () => {
  it('is an Envoy for each workload and each gateway, all gone after Ctrl-C', async () => {
    const { run, url } = await up(smallProject())
    expect((await fetch(url)).headers.get('server')).toBe('envoy')
    const envoys = envoysOf(run)
    // web-release, web-v1, back-release and the gateway.
    expect(envoys).toHaveLength(4)
    run.group('SIGINT')
    expect(await run.exited).toMatchObject({ code: 130, stderr: '' })
    expect([...envoys, ...pidsIn(run.output).values()].filter(isAlive)).toEqual([])
  })

  it('leaves no Envoy when lanes is killed', async () => {
    const { run, url } = await up(smallProject())
    const { closed } = await hold(Number(new URL(url).port))
    run.signal('SIGKILL')
    // The kernel closes a process's connections when it ends.
    expect(await closed).toBeDefined()
  })

  it('leads Service names and HTTP_PROXY to the sidecar, Host untouched', async () => {
    const mine = createServer((_request, response) => response.end('my debugger'))
    const port = await listen(mine)
    onTestFinished(() => void mine.close())
    const { run, url } = await up(smallProject(), '--attach', `web-v1=127.0.0.1:${port}`)
    expect(await get(url, V1)).toBe('my debugger')
    const target = encodeURIComponent('http://back.lab:9000/headers')
    const raw: string[] = JSON.parse(await get(`${url}/call?client=fetch&url=${target}`))
    expect(raw[raw.findIndex((name) => name.toLowerCase() === 'host') + 1]).toBe('back.lab:9000')
    expect(raw.map((name) => name.toLowerCase())).toContain('x-request-id')
    const [, proxy = ''] = await run.says(/ HTTP_PROXY=(http:\/\/127\.0\.0\.1:\d+) /)
    expect(await getThroughProxy(proxy, 'http://back.lab:9000/')).toBe('back@release')
  })

  it('changes the routes in place, and requests under way finish', async () => {
    const project = smallProject()
    const { run, url } = await up(project)
    const envoys = envoysOf(run)
    const held = await fetch(`${url}/hold`, { headers: V1 })
    const reader = held.body?.getReader()
    await reader?.read()
    project.write('k8s/routes.yaml', ROUTES.replace('exact: v1', 'exact: v2'))
    await run.says(/k8s\/routes\.yaml changed: routes reloaded/)
    expect(await get(url, V1)).toBe('web@release')
    expect(await get(url, { 'project-version': 'v2' })).toBe('web@v1')
    await get(`${url}/release`, { 'project-version': 'v2' })
    const rest = await reader?.read()
    expect(new TextDecoder().decode(rest?.value)).toBe('web@v1')
    expect(envoysOf(run)).toEqual(envoys)
  })

  it('takes Deployments that come and go', async () => {
    const project = smallProject()
    const { run, url } = await up(project)
    project.remove('k8s/web-v1.yaml')
    await run.says(/web-v1 +stopped: its Deployment is gone/)
    expect(await get(url, V1)).toBe('no healthy upstream')
    project.write('k8s/web-v1.yaml', deployment('web', 'v1', 8000))
    await run.says(/(k8s\/web-v1\.yaml changed: routes reloaded[^]*){2}/)
    expect(await get(url, V1)).toBe('web@v1')
  })

  it('starts an Envoy again that died', async () => {
    const { run, url } = await up(smallProject())
    for (const pid of envoysOf(run)) process.kill(pid, 'SIGKILL')
    await run.says(/(the Envoy of \S+ was killed by SIGKILL; it is started again[^]*){4}/)
    await untilAnswered(url)
    expect(await get(url, V1)).toBe('web@v1')
  })

  it('prints the access log of the Envoys', async () => {
    const { run, url } = await up(smallProject(), '--access-log')
    await get(`${url}/some/path?a=b`, V1)
    const line =
      /^gateway\/lab\/edge "GET \/some\/path\?a=b" \S+ 200 - \d+ ms outbound\|8000\|v1\|web\.lab\.svc\.cluster\.local web-v1$/m
    expect(await run.says(line)).not.toBeNull()
  })

  it('says what is wrong when a gateway’s port is taken or there is no Envoy', async () => {
    const holder = createServer()
    const taken = await listen(holder)
    const project = smallProject()
    project.write('lanes.yaml', project.read('lanes.yaml').replace('80: 0', `80: ${taken}`))
    const busy = await withEnvoys('up', project.folder).exited
    expect(busy).toMatchObject({ code: 1, stderr: expect.stringContaining('is in use already') })
    holder.close()
    await once(holder, 'close')
    const nowhere = lanes(['up', '--proxy', 'envoy'], project.folder, { PATH: '', LANES_ENVOY: '' })
    const { code, stderr } = await nowhere.exited
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /^lanes: there is no program `envoy` in PATH; install Envoy .*--envoy PATH/,
    )
  })
})

/** The Envoys that this `lanes` started, by process id. */
function envoysOf({ child }: Run): number[] {
  const list = execFileSync('ps', ['-o', 'pid=,comm=', '--ppid', String(child.pid)]).toString()
  return [...list.matchAll(/(\d+) envoy/g)].map(([, pid]) => Number(pid)).toSorted((a, b) => a - b)
}

/** Asks until the gateway is there again; a refused connection is the answer of one that is not. */
async function untilAnswered(url: string): Promise<void> {
  for (;;) {
    const answered = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    )
    if (answered) return
  }
}
