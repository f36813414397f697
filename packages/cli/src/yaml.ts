import { isNode, LineCounter, parseDocument } from 'yaml'
import type { ParsedNode } from 'yaml'
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
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${line}:${col}`
  }
  const [error] = document.errors
  if (error !== undefined)
    throw new CliError(`${place(error.pos[0])}: not valid YAML: ${error.message}`, 2)
  return {
    root: document.contents,
    at: (node) => (isNode(node) && node.range ? place(node.range[0]) : `${file}:1:1`),
  }
}
