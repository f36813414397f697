import { once } from 'node:events'
import { cpSync, renameSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { gatewayOf, lanes, pidsIn, ROOT, Run } from './lanes.ts'
import { createProject, deployment, ROUTES, smallProject } from './project.ts'
import { get, getThroughProxy, listen } from './wire.ts'

const V1 = { 'project-version': 'v1' }

/** Where the fixture app finds the clients that it calls with. */
const CLIENTS = { NODE_PATH: join(ROOT, 'node_modules') }

async function up(
  folder: string,
  args: readonly string[] = [],
): Promise<{ run: Run; url: string }> {
  const run = lanes(['up', ...args], folder, CLIENTS)
  return { run, url: await gatewayOf(run) }
}

/** The first `back` to start finds a stranger on its port, which stays for a while. */
const STEAL_ONCE = `const fs = require('node:fs')
if (process.env.NAME === 'back' && !fs.existsSync('stolen')) {
  fs.writeFileSync('stolen', '')
  const program =
    "require('node:net').createServer().listen(process.env.PORT, '127.0.0.1', () => console.log());" +
    'setTimeout(process.exit, 5000)'
  const stdio = ['ignore', 'pipe', 'ignore']
  const thief = require('node:child_process').spawn('node', ['-e', program], { detached: true, stdio })
  thief.stdout.once('data', () => {
    console.log('taken from under me')
    process.exit(1)
  })
}`

describe('the mesh', () => {
  const project = createProject()
  const run = new Run(['up', '--access-log'], project.folder, CLIENTS)
  let url = ''
  beforeAll(async () => {
    url = await gatewayOf(run)
  })
  afterAll(async () => {
    await run.end()
    project.delete()
  })

  it('routes by the manifests', async () => {
    expect(await get(url)).toBe('web@release')
    expect(await get(url, V1)).toBe('web@v1')
    expect(await get(url, { 'project-version': 'v9' })).toBe('web@release')
  })

  it.each(['fetch', 'axios', 'undici', 'http'])(
    'leads a Service name to the caller’s own sidecar for %s, Host untouched',
    async (client) => {
      for (const name of ['back', 'back.lab', 'back.lab.svc', 'back.lab.svc.cluster.local']) {
        const target = encodeURIComponent(`http://${name}:9000/headers`)
        const raw: string[] = JSON.parse(await get(`${url}/call?client=${client}&url=${target}`))
        const headers = Object.fromEntries(pairs(raw))
        expect(headers['host']).toBe(`${name}:9000`)
        expect(headers['project-version']).toBe('v1')
      }
    },
  )

  it('refuses a port that the Service does not have, and says which it has', async () => {
    const target = encodeURIComponent('http://back:9001/')
    expect(await get(`${url}/call?client=http&url=${target}`)).toBe(
      'ECONNREFUSED: connect ECONNREFUSED back:9001 (this Service listens on 9000)',
    )
  })

  it('leaves every other name to the resolver', async () => {
    const target = encodeURIComponent('http://backk.invalid:9000/')
    expect(await get(`${url}/call?client=http&url=${target}`)).toMatch(/^(ENOTFOUND|EAI_AGAIN): /)
  })

  it('gives a process its port, its namespace and what its pod would get', async () => {
    const environment: unknown = JSON.parse(await get(`${url}/env`))
    expect(environment).toMatchObject({
      POD_NAMESPACE: 'lab',
      PROJECT_VERSION: 'release',
      NAME: 'web',
      PORT: expect.stringMatching(/^\d+$/),
    })
    // For programs that are not Node; a Node program would send absolute URLs to its own sidecar twice.
    expect(environment).not.toHaveProperty('HTTP_PROXY')
  })

  it('prints what each instance says under its name', async () => {
    expect(await run.says(/^web-v1 +\| web@v1 listens$/m)).not.toBeNull()
  })

  it('prints a line for each request with --access-log', async () => {
    await get(`${url}/some/path?a=b`, V1)
    const line = await run.says(
      /^gateway\/lab\/edge "GET \/some\/path\?a=b" \S+ 200 - \d+ ms outbound\|8000\|v1\|web\.lab\.svc\.cluster\.local web-v1$/m,
    )
    expect(line).not.toBeNull()
  })
})

describe('--attach', () => {
  it('takes an attached process in the place of an instance, and lets it call through the mesh', async () => {
    const mine = createServer((_request, response) => response.end('my debugger'))
    const port = await listen(mine)
    onTestFinished(() => void mine.close())

    const { run, url } = await up(smallProject().folder, ['--attach', `web-v1=127.0.0.1:${port}`])
    expect([...pidsIn(run.output).keys()].toSorted()).toEqual(['back-release', 'web-release'])
    expect(await get(url, V1)).toBe('my debugger')
    expect(await get(url)).toBe('web@release')

    // What it prints for the attached process: the way for Node programs, and a proxy for others.
    const [, proxy = ''] = await run.says(/ HTTP_PROXY=(http:\/\/127\.0\.0\.1:\d+) /)
    await run.says(/ NODE_OPTIONS='?--import=file:\S+preload\.js/)
    expect(await getThroughProxy(proxy, 'http://back.lab:9000/')).toBe('back@release')
  })
})

describe('a change of the manifests', () => {
  it('changes the routes in place, and requests under way finish', async () => {
    const project = smallProject()
    const { run, url } = await up(project.folder)
    const before = pidsIn(run.output)
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
    expect(pidsIn(run.output)).toEqual(before)
  })

  it('replaces the one workload whose pod template changed', async () => {
    const project = smallProject()
    const { run, url } = await up(project.folder)
    const before = pidsIn(run.output)
    project.write(
      'k8s/web-v1.yaml',
      deployment('web', 'v1', 8000).replace('value: web', 'value: renamed'),
    )
    await run.says(/k8s\/web-v1\.yaml changed: routes reloaded/)
    expect(await get(url, V1)).toBe('renamed@v1')
    const after = pidsIn(run.output)
    expect(after.get('web-v1')).not.toBe(before.get('web-v1'))
    expect(after.get('web-release')).toBe(before.get('web-release'))
    expect(after.get('back-release')).toBe(before.get('back-release'))
  })

  it('starts a Deployment that came and stops one that went', async () => {
    const project = smallProject()
    const { run, url } = await up(project.folder)
    project.remove('k8s/web-v1.yaml')
    await run.says(/web-v1 +stopped: its Deployment is gone/)
    expect(await get(url, V1)).toBe('no healthy upstream')
    project.write('k8s/web-v1.yaml', deployment('web', 'v1', 8000))
    await run.says(/(k8s\/web-v1\.yaml changed: routes reloaded[^]*){2}/)
    expect(await get(url, V1)).toBe('web@v1')
  })

  it('is seen in a folder that was removed and made anew', async () => {
    const project = smallProject()
    const { run, url } = await up(project.folder)
    const folder = join(project.folder, 'k8s')
    cpSync(folder, join(project.folder, 'copy'), { recursive: true })
    rmSync(folder, { recursive: true })
    await run.says(/goes on with the manifests as they were/)
    renameSync(join(project.folder, 'copy'), folder)
    await run.says(/the manifests are again as the mesh runs them/)
    project.write('k8s/routes.yaml', ROUTES.replace('exact: v1', 'exact: v2'))
    await run.says(/k8s\/routes\.yaml changed: routes reloaded/)
    expect(await get(url, { 'project-version': 'v2' })).toBe('web@v1')
  })

  it('of a gateway’s port opens the new one; one that is taken leaves the old', async () => {
    const project = smallProject()
    const { run, url } = await up(project.folder)
    const holder = createServer()
    const taken = await listen(holder)
    onTestFinished(() => void holder.close())
    const lanesYaml = project.read('lanes.yaml')
    project.write('lanes.yaml', lanesYaml.replace('80: 0', `80: ${taken}`))
    await run.says(/lanes\.yaml:9:\d+: port \d+ of 127\.0\.0\.1, .* is in use already/)
    expect(await get(url)).toBe('web@release')

    holder.close()
    await once(holder, 'close')
    project.write('k8s/routes.yaml', `${ROUTES}# again\n`)
    await run.says(new RegExp(`http://127\\.0\\.0\\.1:${taken} is port 80 of gateway lab/edge`))
    expect(await get(`http://127.0.0.1:${taken}`)).toBe('web@release')
  })

  it('that does not parse is named with its place, and the mesh goes on', async () => {
    const project = smallProject()
    const { run, url } = await up(project.folder)
    project.write('k8s/routes.yaml', 'apiVersion: v1\nkind: [')
    await run.says(
      /lanes: k8s\/routes\.yaml:2:\d+: error: .*\n.*goes on with the manifests as they were/,
    )
    expect(await get(url, V1)).toBe('web@v1')
  })
})

describe('a workload', () => {
  it('that dies gets 503 until it is back, and is started again', async () => {
    const { run, url } = await up(smallProject().folder)
    process.kill(pidsIn(run.output).get('web-v1') ?? 0, 'SIGKILL')
    await run.says(
      /lanes: web-v1 \(k8s\/web-v1\.yaml:1:1\) was killed by SIGKILL; requests to it get 503 until it is back/,
    )
    await run.says(/(● web-v1 +ready after[^]*){2}/)
    expect(await get(url, V1)).toBe('web@v1')
  })

  it.each([
    [
      'process.exit(3)',
      /^lanes: (web|back)-\w+ \(k8s\/.*\.yaml:1:1\) ended with exit code 3 before it was ready; it printed nothing: start it by hand to see why\n$/,
    ],
    ['throw new Error("no database")', /Error: no database/],
  ])('that does not start ends the mesh with one sentence: %s', async (program, message) => {
    const run = lanes(['up'], smallProject({ 'app.cjs': program }).folder)
    const { code, stderr } = await run.exited
    expect(code).toBe(1)
    expect(stderr).toMatch(message)
  })

  it('whose port somebody else took in the meantime is started on another', async () => {
    const app = smallProject().read('app.cjs')
    const { folder } = smallProject({ 'app.cjs': `${STEAL_ONCE} else {\n${app}\n}` })
    const { url, run } = await up(folder)
    expect(
      await get(`${url}/call?client=http&url=${encodeURIComponent('http://back:9000/')}`),
    ).toBe('back@release')
    expect(run.output).toContain('taken from under me')
  })

  it('whose program does not exist is named with its line in lanes.yaml', async () => {
    const project = smallProject()
    project.write('lanes.yaml', project.read('lanes.yaml').replaceAll('[node,', '[nodee,'))
    const { code, stderr } = await lanes(['up'], project.folder).exited
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /could not start: there is no program "nodee"; correct `command` at lanes\.yaml:[56]:7, or install it\n$/,
    )
  })

  it('is not started without a temporary folder, and that is said', async () => {
    const { folder } = smallProject()
    const { code, stderr } = await lanes(['up'], folder, { TMPDIR: `${folder}/none` }).exited
    expect(code).toBe(1)
    expect(stderr).toMatch(/^lanes: the temporary folder \S+\/none cannot be used: .*TMPDIR\n$/)
  })

  it('that lanes.yaml does not list is not started, and that is said', async () => {
    const project = smallProject()
    project.write('lanes.yaml', project.read('lanes.yaml').replace(/.*app: back.*\n/, ''))
    const { run } = await up(project.folder)
    expect(run.output).toMatch(
      /^k8s\/back-release\.yaml:1:1: warning: back-release is not started, since lanes\.yaml has no workload for it/m,
    )
  })
})

function pairs(list: readonly string[]): [string, string][] {
  return list.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), list[index + 1] ?? '']] : [],
  )
}
