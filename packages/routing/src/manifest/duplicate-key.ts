import { isPair, isScalar, isSeq, visit } from 'yaml'
import type { Document, Node, Pair } from 'yaml'
import type { Path } from './resource.ts'

/** A key that its map has already. */
export interface DuplicateKey {
  readonly path: Path
  /** Where it stands, and where it stands first. Offsets count from 0. */
  readonly offset: number
  readonly firstOffset: number
}

/**
 * The first key that its map has already; null where all are unique. The parser's own check compares each key with
 * all others, which takes minutes for a map of 100,000.
 */
export function findDuplicateKey(document: Document): DuplicateKey | null {
  let found: DuplicateKey | null = null
  visit(document, {
    Map: (_key, map, above) => {
      const seen = new Map<unknown, number>()
      for (const { key } of map.items) {
        if (!isScalar(key)) continue
        const offset = key.range?.[0] ?? 0
        const firstOffset = seen.get(key.value)
        if (firstOffset !== undefined) {
          const path = [...pathOf([...above, map]), String(key.value)]
          found = { path, offset, firstOffset }
          return visit.BREAK
        }
        seen.set(key.value, offset)
      }
      return undefined
    },
  })
  return found
}

/** The way through the nodes, of which each holds the next. */
function pathOf(nodes: readonly (Document | Node | Pair)[]): Path {
  return nodes.flatMap((node, index): (string | number)[] => {
    if (isPair(node)) return isScalar(node.key) ? [String(node.key.value)] : []
    return isSeq(node) ? [node.items.indexOf(nodes[index + 1])] : []
  })
}
