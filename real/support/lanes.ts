import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BIN = fileURLToPath(new URL('../../packages/cli/bin/lanes.js', import.meta.url))

/** What `lanes …` prints. */
export function lanes(...args: readonly string[]): string {
  return execFileSync(process.execPath, [BIN, ...args], { cwd: ROOT, encoding: 'utf8' })
}

/** The options of `lanes envoy` by which every port is a free one of this machine. */
export function anyPorts(...ports: readonly number[]): string[] {
  return [
    '--bind',
    '127.0.0.1',
    '--admin',
    '127.0.0.1:0',
    ...ports.flatMap((port) => ['--listen', `${port}=0`]),
  ]
}
