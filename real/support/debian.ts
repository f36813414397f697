import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Installs a Debian package.
 *
 * @throws where this is not root, or where apt-get cannot.
 */
export async function installDebianPackage(name: string): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error(`apt-get install ${name} needs root`)
  // The package's own service must not start and take a port.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const args = ['install', '--yes', '--no-install-recommends', name]
  await run('apt-get', args, { env }).catch(async () => {
    // Package lists are often missing in containers.
    await run('apt-get', ['update'], { env })
    await run('apt-get', args, { env })
  })
}
