import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { TestContext } from 'vitest'
import { makeRootFileSystem } from './support/base-image.ts'
import { Buildah } from './support/buildah.ts'
import type { Image } from './support/buildah.ts'
import { programPath } from './support/program.ts'
import { Resources } from './support/resources.ts'

const root = new URL('..', import.meta.url).pathname
const resources = new Resources()
let image: Image
/** The image's file system, mounted. */
let files = ''

beforeAll(async () => {
  const program = inject('programs').buildah
  if ('missing' in program || 'missing' in inject('programs').busybox) return
  const folder = resources.folder()
  const buildah = new Buildah(program.path, folder)
  makeRootFileSystem(`${folder}/base`)
  const base = await buildah.run('from', 'scratch')
  await buildah.run('copy', '--quiet', base, `${folder}/base`, '/')
  await buildah.run('config', '--env', 'PATH=/usr/bin:/bin', ...certificates(), base)
  await buildah.run('commit', '--quiet', base, 'localhost/base')
  const options = ['--isolation', 'chroot', '--file', `${root}docker/Dockerfile`]
  const values = ['NODE_IMAGE=localhost/base', 'SERVICE=testbbb', 'REVISION=0123abc']
  const set = values.flatMap((value) => ['--build-arg', value])
  await buildah.run('build', ...options, ...set, '--tag', 'localhost/testbbb', root)
  image = JSON.parse(await buildah.run('inspect', '--type', 'image', 'localhost/testbbb'))
  const container = await buildah.run('from', 'localhost/testbbb')
  files = await buildah.run('mount', container)
  resources.add(container, () => buildah.run('umount', container))
  report()
}, 900_000)
afterAll(() => resources.close(), 60_000)

describe('the image of docker/Dockerfile, built by buildah', () => {
  it('starts node itself, as a user that is not root, with labels', (context) => {
    built(context)
    const { User, Cmd, Env, Labels } = image.OCIv1.config
    expect(User).toBe('1000')
    expect(Cmd).toEqual(['node', 'dist/server.js'])
    expect(Env).toContain('NODE_ENV=production')
    expect(Labels).toMatchObject({
      'org.opencontainers.image.title': 'testbbb',
      'org.opencontainers.image.licenses': 'MIT',
      'org.opencontainers.image.revision': '0123abc',
    })
  })

  it('holds the service and what it needs to run, and nothing to build or to test it', (context) => {
    built(context)
    expect(existsSync(join(files, 'app/dist/server.js'))).toBe(true)
    expect(existsSync(join(files, 'app/node_modules/koa/package.json'))).toBe(true)
    const surplus = ['app/test', 'app/node_modules/typescript', 'app/node_modules/vitest', 'src']
    expect(surplus.filter((path) => existsSync(join(files, path)))).toEqual([])
  })

  it('can be listed by a scanner: each package keeps its package.json with version and licence', (context) => {
    built(context)
    const { name, version, license } = JSON.parse(
      readFileSync(join(files, 'app/node_modules/koa/package.json'), 'utf8'),
    )
    expect([name, version, license]).toEqual(['koa', expect.stringMatching(/^3\./), 'MIT'])
  })

  it('leaves its user nothing to write', (context) => {
    built(context)
    const entry = statSync(join(files, 'app/dist/server.js'))
    expect(entry.uid).toBe(0)
    expect(entry.mode & 0o022).toBe(0)
  })

  it('boots with a read-only root, answers, and ends with code 0 on SIGTERM', async (context) => {
    built(context)
    // A mount name space of its own, in which the root is read-only as the pods' is.
    const boot = `mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec chroot --userspec=1000:1000 "$0" /bin/sh -c 'cd /app && exec node dist/server.js'`
    const server = spawn('unshare', ['--mount', 'sh', '-c', boot, files], {
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'production',
        PORT: '0',
        PROJECT_VERSION: 'release-v1',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    resources.add(server, async () => server.kill('SIGKILL'))
    const [line] = await once(server.stdout, 'data')
    const { port } = JSON.parse(String(line))
    const response = await fetch(`http://127.0.0.1:${port}/`)
    expect(await response.text()).toBe('release-v1')
    server.kill('SIGTERM')
    expect(await once(server, 'exit')).toEqual([0, null])
  })
})

/** Where the image could not be built, the test says why and does not run. */
function built(context: Pick<TestContext, 'skip'>): void {
  programPath(context, 'buildah')
  programPath(context, 'busybox')
}

/** What an operator asks first: how large, in which layers. */
function report(): void {
  const { history, rootfs } = image.OCIv1
  const size = execFileSync('du', ['--summarize', '--block-size=1K', join(files, 'app')], {
    encoding: 'utf8',
  })
  const layers = history.filter((entry) => entry.empty_layer !== true)
  console.log(
    [
      `image testbbb: ${rootfs.diff_ids.length} layers; /app ${(Number.parseInt(size, 10) / 1000).toFixed(1)} MB beside the base`,
      ...layers.map(({ created_by: by }) => `  ${by.slice(0, 100)}`),
    ].join('\n'),
  )
}

/** Registries behind a certificate of one's own are reached as from this machine. */
function certificates(): string[] {
  const file = process.env['NODE_EXTRA_CA_CERTS']
  return file === undefined ? [] : ['--env', `NODE_EXTRA_CA_CERTS=${file}`]
}
