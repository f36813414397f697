import { codes } from '@traffic-lanes/routing'
import type { Finding } from '@traffic-lanes/routing'
import { checkNginx } from './nginx/check.ts'
import type { KnownHosts } from './nginx/known-hosts.ts'
import { readNginx } from './nginx/read.ts'
import { NginxSyntaxError } from './nginx/tokenize.ts'

/** Whether a path names an nginx configuration: `nginx.conf`, `mesh.conf.template`. */
export function isNginxPath(path: string): boolean {
  return /\.conf(?:\.template)?$/.test(path)
}

/**
 * Checks an nginx configuration.
 *
 * @param hosts What the manifests know; null: there are none.
 * @throws CliError (exit code 2) where a file cannot be read.
 */
export async function lintNginx(
  path: string,
  cwd: string,
  hosts: KnownHosts | null,
): Promise<{ readonly findings: readonly Finding[]; readonly files: number }> {
  try {
    const { directives, files } = await readNginx(path, cwd)
    return { findings: checkNginx(directives, hosts), files }
  } catch (error) {
    if (!(error instanceof NginxSyntaxError)) throw error
    const { name, level } = codes.TL052
    const { message, position } = error
    const finding = {
      code: 'TL052',
      name,
      level,
      message: `${message}; nginx refuses the file`,
      position,
      resource: null,
      request: null,
    }
    return { findings: [finding], files: 1 }
  }
}
