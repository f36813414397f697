import { readFile } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { parseConfig } from './config.ts'
import type { LocalMeshConfig } from './config.ts'
import { CliError, codeOf, messageOf } from './errors.ts'

/** Where lanes.yaml is looked for when `--config` does not say. */
const DEFAULT_CONFIG = 'lanes.yaml'

/**
 * Reads lanes.yaml.
 *
 * @throws CliError (exit code 2) where there is none or it is wrong.
 */
export async function loadConfig(path: string | undefined, cwd: string): Promise<LocalMeshConfig> {
  const config = await tryLoadConfig(path, cwd)
  if (config !== null) return config
  throw new CliError(
    `there is no ${DEFAULT_CONFIG} here, which says how the workloads start; run this in the folder that has it, or name it by \`--config FILE\``,
    2,
  )
}

/** The same, or null where `--config` was not given and there is no lanes.yaml. */
export async function tryLoadConfig(
  path: string | undefined,
  cwd: string,
): Promise<LocalMeshConfig | null> {
  const file = resolve(cwd, path ?? DEFAULT_CONFIG)
  const shown = relative(cwd, file)
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (path === undefined && codeOf(error) === 'ENOENT') return null
    throw new CliError(`${shown}: cannot be read: ${messageOf(error)}`, 2, { cause: error })
  })
  return text === null ? null : parseConfig(text, shown)
}
