import { isNode, isScalar, LineCounter, parseAllDocuments, parseDocument } from 'yaml'
import type { Document, ParsedNode } from 'yaml'
import { CliError } from './errors.ts'

export interface ParsedYaml {
  /** The document's root; null where the file is empty. */
  readonly root: ParsedNode | null
  /** `file:line:column` of a node; of the file's start for anything else. */
  readonly at: (node: unknown) => string
}

/**
 * Parses one YAML document of our own files (lanes.yaml, kustomization.yaml) with the positions that
 * messages need.
 *
 * @throws CliError (exit code 2) with file:line:column on a syntax error.
 */
export function parseYaml(text: string, file: string): ParsedYaml {
  const lines = new LineCounter()
  return parsed(parseDocument(text, { lineCounter: lines, prettyErrors: false }), lines, file)
}

/** The same for a file of any number of documents; empty ones are left out. */
export function parseYamlDocuments(text: string, file: string): ParsedYaml[] {
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false })
  // An empty file is given as a list with a mark of its own.
  const list: readonly Document.Parsed[] = 'empty' in documents ? [] : documents
  return list.map((one) => parsed(one, lines, file)).filter(({ root }) => !isEmpty(root))
}

function parsed(
  { errors, contents }: Document.Parsed,
  lines: LineCounter,
  file: string,
): ParsedYaml {
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${line}:${col}`
  }
  const [error] = errors
  if (error !== undefined)
    throw new CliError(`${place(error.pos[0])}: not valid YAML: ${error.message}`, 2)
  return {
    root: contents,
    at: (node) => (isNode(node) && node.range ? place(node.range[0]) : `${file}:1:1`),
  }
}

function isEmpty(root: ParsedNode | null): boolean {
  return root === null || (isScalar(root) && root.value === null)
}
