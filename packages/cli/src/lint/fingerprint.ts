import { createHash } from 'node:crypto'
import type { Finding } from '@traffic-lanes/routing'

/**
 * A name for each finding that stays when lines move: of what it says, where, and about which resource. Equal
 * ones are counted.
 */
export function fingerprints(findings: readonly Finding[]): string[] {
  const seen = new Map<string, number>()
  return findings.map(({ code, position, resource, message }) => {
    // Some messages name other places: `mesh.yaml:12:3`.
    const fixed = message.replaceAll(/:\d+/g, '')
    const text = JSON.stringify([code, position?.file, resource, fixed])
    const count = seen.get(text) ?? 0
    seen.set(text, count + 1)
    return createHash('sha256').update(`${text} ${count}`).digest('hex')
  })
}
