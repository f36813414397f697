import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { CliError, messageOf } from '../errors.ts'
import { readRouteTests } from './read.ts'
import type { RouteTest } from './read.ts'

/** How files of tests are called in a folder of manifests, so that each knows its own. */
const TEST_FILE = /\.test\.ya?ml$/

/**
 * Reads the tests of the files, and of those in the folders that are called `*.test.yaml`.
 *
 * @throws CliError (exit code 2) where a path cannot be read, or holds no tests.
 */
export async function readTestFiles(paths: readonly string[], cwd: string): Promise<RouteTest[]> {
  const files = new Set<string>()
  for (const path of paths)
    for (const file of await filesAt(resolve(cwd, path), path)) files.add(file)
  const tests: RouteTest[] = []
  for (const file of files) {
    const shown = relative(cwd, file)
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      throw new CliError(`${shown}: cannot be read: ${messageOf(error)}`, 2, { cause: error })
    })
    const found = readRouteTests(text, shown)
    if (found.length === 0) throw new CliError(`${shown}: there are no tests in this file`, 2)
    tests.push(...found)
  }
  return tests
}

async function filesAt(path: string, shown: string): Promise<string[]> {
  const stats = await stat(path).catch(() => undefined)
  if (stats === undefined)
    throw new CliError(`there is no file or folder ${shown}; correct the path`, 2)
  if (!stats.isDirectory()) return [path]
  const names = (await readdir(path)).filter((name) => TEST_FILE.test(name)).toSorted()
  if (names.length === 0)
    throw new CliError(`${shown}: there is no *.test.yaml in this folder; name the files`, 2)
  return names.map((name) => join(path, name))
}
