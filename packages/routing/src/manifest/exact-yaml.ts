import { isCollection, LineCounter, parseAllDocuments, visit } from 'yaml'
import type { Document, ScalarTag } from 'yaml'
import type { Diagnostic, Position } from '../diagnostic.ts'
import type { DocumentText } from './documents.ts'
import { findDuplicateKey } from './duplicate-key.ts'
import { formatPath } from './resource.ts'
import { positionAt, valuePosition } from './yaml-node.ts'
import type { YamlNode } from './yaml-node.ts'

/** YAML 1.1's words for booleans, which Kubernetes still reads (sigs.k8s.io/yaml). */
export const yaml11Booleans = /^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/

/** Parses with the place of every value; what cannot be read is reported. Never throws. */
export function parseExactly(
  file: string,
  { text, linesBefore }: DocumentText,
  diagnostics: Diagnostic[],
): YamlNode[] {
  const lines = new LineCounter()
  const roots: YamlNode[] = []
  try {
    const documents = parseAllDocuments(text, {
      lineCounter: lines,
      prettyErrors: false,
      schema: 'core',
      merge: true,
      uniqueKeys: false,
      resolveKnownTags: false,
      customTags: (tags) => [yaml11Words, ...tags],
      logLevel: 'silent',
    })
    for (const document of documents) {
      const place = (offset: number): Position => positionAt({ file, lines, linesBefore }, offset)
      const error = errorOf(document, place)
      if (error === null) {
        roots.push({ file, document, lines, linesBefore, node: document.contents })
      } else {
        diagnostics.push({
          code: error.code,
          level: 'error',
          message: `${sentence(error.message)} Nothing is read from this document`,
          position: place(error.offset),
          resource: null,
        })
      }
    }
  } catch (error) {
    // The parser recurses: nesting beyond the stack ends in a RangeError.
    diagnostics.push({
      code: 'yaml-syntax',
      level: 'error',
      message: `${sentence(reason(error))} Nothing is read from this document`,
      position: { file, line: linesBefore + 1, column: 1 },
      resource: null,
    })
  }
  return roots
}

interface DocumentError {
  readonly code: string
  readonly message: string
  readonly offset: number
}

function errorOf(document: Document, place: (offset: number) => Position): DocumentError | null {
  const [error] = document.errors
  if (error !== undefined)
    return { code: 'yaml-syntax', message: error.message, offset: error.pos[0] }
  const twice = findDuplicateKey(document)
  if (twice === null) return null
  const { path, offset, firstOffset } = twice
  const { line, column } = place(firstOffset)
  const message =
    `strict decoding error: duplicate field "${formatPath(path)}", which stands at ${line}:${column} already; ` +
    'remove one of the two'
  return { code: 'duplicate-field', message, offset }
}

/** The document as plain values; null where its aliases cannot be expanded, which is reported. */
export function toValue(root: YamlNode, diagnostics: Diagnostic[]): unknown {
  try {
    assertNoCycle(root.document)
    return root.document.toJS({ maxAliasCount })
  } catch (error) {
    diagnostics.push({
      code: 'yaml-aliases',
      level: 'error',
      message:
        `The aliases of this document cannot be expanded: ${sentence(reason(error))} ` +
        'Write the values out, or use fewer aliases',
      position: valuePosition(root, []),
      resource: null,
    })
    return null
  }
}

/** Enough for a manifest written by hand, far too few for a "billion laughs". */
const maxAliasCount = 1000

const yaml11Words: ScalarTag = {
  identify: () => false,
  default: true,
  tag: 'tag:yaml.org,2002:bool',
  test: yaml11Booleans,
  resolve: (word) => /^(?:y|on)/i.test(word),
}

/**
 * An alias inside its own anchor makes a value that contains itself; Kubernetes refuses it too. An anchor comes
 * before its aliases, so that there is no other way round.
 */
function assertNoCycle(document: Document): void {
  visit(document, {
    Alias: (_key, { source }, path) => {
      const isInside = path.some((above) => isCollection(above) && above.anchor === source)
      if (isInside) throw new ReferenceError('A value contains itself')
    },
  })
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function sentence(text: string): string {
  return /[.!?:]$/.test(text) ? text : `${text}.`
}
