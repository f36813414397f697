import { isAlias, isMap, isScalar, isSeq } from 'yaml'
import type { Document, LineCounter, Node } from 'yaml'
import type { Position } from '../diagnostic.ts'
import type { Path } from './resource.ts'

/** A value of a parsed YAML document, with what it takes to say where it stands. */
export interface YamlNode {
  readonly file: string
  readonly document: Document
  readonly lines: LineCounter
  /** Lines of the file before the text that `lines` counts. */
  readonly linesBefore: number
  /** null: an empty value, which stands nowhere. */
  readonly node: Node | null
}

/** The place of the value at `path` below the node, or of its nearest ancestor that exists. */
export function valuePosition(yaml: YamlNode, path: Path): Position {
  return positionAt(yaml, walk(yaml, path).value)
}

/** The place of the key that names the value at `path`; for a list's entry, the entry itself. */
export function keyPosition(yaml: YamlNode, path: Path): Position {
  return positionAt(yaml, walk(yaml, path).key)
}

/** The entry `step` of a map or list; null where there is none. */
export function childNode({ document, node }: YamlNode, step: string | number): Node | null {
  return child(document, node, step)?.value ?? null
}

/** The place of a character of the file; offsets count from 0. */
export function positionAt(
  { file, lines, linesBefore }: Pick<YamlNode, 'file' | 'lines' | 'linesBefore'>,
  offset: number,
): Position {
  const { line, col } = lines.linePos(offset)
  // LineCounter answers 0 for an offset before the first line that it saw.
  return { file, line: linesBefore + Math.max(line, 1), column: Math.max(col, 1) }
}

function walk({ document, node }: YamlNode, path: Path): { key: number; value: number } {
  let at = node
  let value = offsetOf(node) ?? 0
  let key = value
  for (const step of path) {
    const found = child(document, at, step)
    if (found === undefined) break
    key = found.key ?? offsetOf(found.value) ?? value
    value = offsetOf(found.value) ?? key
    at = found.value
  }
  return { key, value }
}

function child(
  document: Document,
  parent: Node | null,
  step: string | number,
): { key: number | null; value: Node | null } | undefined {
  const node = parent !== null && isAlias(parent) ? parent.resolve(document) : parent
  if (isMap(node)) {
    for (const { key, value } of node.items) {
      if (isScalar(key) && String(key.value) === String(step))
        return { key: offsetOf(key), value: asNode(value) }
    }
  } else if (isSeq(node) && typeof step === 'number' && step in node.items) {
    return { key: null, value: asNode(node.items[step]) }
  }
  return undefined
}

function asNode(value: unknown): Node | null {
  return isMap(value) || isSeq(value) || isScalar(value) || isAlias(value) ? value : null
}

function offsetOf(node: Node | null): number | null {
  return node?.range?.[0] ?? null
}
