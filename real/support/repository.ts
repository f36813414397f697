import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { smallProject } from '../../e2e/project.ts'
import { ROOT } from './lanes.ts'

/**
 * The repository's manifests and lanes.yaml in a folder of their own, entered by any free port.
 *
 * @param timeout milliseconds after which testaaa gives up on testbbb. Default: 20,000, since a machine that
 * is busy with tests is no reason.
 */
export function repositoryCopy(timeout = 20_000): string {
  const text = readFileSync(join(ROOT, 'lanes.yaml'), 'utf8')
    .replaceAll('cwd: services/', `cwd: ${ROOT}services/`)
    .replaceAll('31380', '0')
    .replaceAll(/env: \{ /g, `env: { TESTBBB_TIMEOUT: '${timeout}', `)
  const { folder } = smallProject({ 'lanes.yaml': text })
  cpSync(join(ROOT, 'k8s'), join(folder, 'manifests'), { recursive: true })
  return folder
}

/** Changes the pod template of a Deployment in such a copy, as a new image does. */
export function newImage(folder: string, deployment: string): void {
  const file = join(folder, 'manifests/base', `${deployment}.yaml`)
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace(/(image: \S+)/, '$1-next'))
}
