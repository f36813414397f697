import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { CliError, messageOf } from '../../errors.ts'
import { parseNginx } from './parse.ts'
import type { Directive } from './parse.ts'

/** An nginx configuration with its includes in their places. */
export interface NginxConfig {
  readonly directives: readonly Directive[]
  /** How many files were read. */
  readonly files: number
}

/** How deep includes may go: more is a circle. */
const MOST_INCLUDES = 20

/**
 * Reads a configuration. `include` is followed where it leads to files of the same folder or below it, with `*` for
 * any part of a name; others (`/etc/nginx/mime.types`) are passed over.
 *
 * @throws CliError (exit code 2) where the file cannot be read; NginxSyntaxError where it is none.
 */
export async function readNginx(path: string, cwd: string): Promise<NginxConfig> {
  const file = resolve(cwd, path)
  const folder = dirname(file)
  let files = 0

  async function read(one: string, depth: number): Promise<Directive[]> {
    const shown = relative(cwd, one)
    const text = await readFile(one, 'utf8').catch((error: unknown) => {
      throw new CliError(`${shown}: cannot be read: ${messageOf(error)}`, 2, { cause: error })
    })
    files += 1
    return expand(parseNginx(shown, text), depth)
  }

  async function expand(directives: readonly Directive[], depth: number): Promise<Directive[]> {
    const expanded: Directive[] = []
    for (const directive of directives) {
      const { name, args, block } = directive
      if (name === 'include' && depth < MOST_INCLUDES) {
        for (const included of await filesOf(folder, args[0]?.text ?? ''))
          expanded.push(...(await read(included, depth + 1)))
      } else if (block === null) expanded.push(directive)
      else expanded.push({ ...directive, block: await expand(block, depth) })
    }
    return expanded
  }

  return { directives: await read(file, 0), files }
}

/** The files that a pattern names below the folder, in the order of their names. */
async function filesOf(folder: string, pattern: string): Promise<string[]> {
  const full = resolve(folder, pattern)
  if (!full.startsWith(folder + sep)) return []
  const parent = dirname(full)
  if (parent.includes('*')) return []
  const name = new RegExp(
    `^${full
      .slice(parent.length + 1)
      .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  )
  const entries = await readdir(parent, { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => join(parent, entry.name))
    .toSorted()
}
