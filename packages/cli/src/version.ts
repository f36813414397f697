import { readFileSync } from 'node:fs'

/** The version of this program. */
export function ownVersion(): string {
  const file = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  // Our own package.json, which npm does not publish without a version.
  const own: { version: string } = JSON.parse(file)
  return own.version
}
