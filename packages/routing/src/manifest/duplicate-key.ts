import { isScalar, visit } from 'yaml'
import type { Document } from 'yaml'

/**
 * Where the first key stands that its map has already; null where all are unique. The parser's own check compares
 * each key with all others, which takes minutes for a map of 100,000.
 */
export function findDuplicateKey(document: Document): number | null {
  let found: number | null = null
  visit(document, {
    Map: (_key, map) => {
      const seen = new Set<unknown>()
      for (const { key } of map.items) {
        if (!isScalar(key)) continue
        if (seen.has(key.value)) {
          found = key.range?.[0] ?? 0
          return visit.BREAK
        }
        seen.add(key.value)
      }
      return undefined
    },
  })
  return found
}
