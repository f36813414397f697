import { Document, LineCounter } from 'yaml'
import type { Diagnostic, Position } from '../diagnostic.ts'
import { splitDocuments } from './documents.ts'
import type { DocumentText } from './documents.ts'
import { parseExactly, toValue } from './exact-yaml.ts'
import { parseQuickly } from './quick-yaml.ts'
import type { Path } from './resource.ts'
import { childNode, keyPosition, valuePosition } from './yaml-node.ts'
import type { YamlNode } from './yaml-node.ts'

/** A manifest file: its name, for positions only, and its text (YAML or JSON, any number of documents). */
export interface Source {
  readonly file: string
  readonly text: string
}

/** A value of a document, and where it and all below it stand. */
export interface YamlValue {
  readonly value: unknown
  /** The place of the value at `path`, or of its nearest ancestor that exists. */
  position(path: Path): Position
  /** The same for the key that names the value. */
  keyPosition(path: Path): Position
  /** What stands at `path`, with positions of its own. */
  below(path: Path, value: unknown): YamlValue
}

/**
 * The documents of a file. Values are read at once; places only when somebody asks for one, which is rare and
 * costs a second look at that document alone.
 */
export function* parseDocuments(source: Source, diagnostics: Diagnostic[]): Generator<YamlValue> {
  for (const document of splitDocuments(source.text)) {
    const quick = parseQuickly(document.text)
    if (quick !== undefined) {
      yield placed(
        quick.value,
        once(() => reread(source.file, document)),
      )
      continue
    }
    for (const root of parseExactly(source.file, document, diagnostics)) {
      yield placed(toValue(root, diagnostics), () => root)
    }
  }
}

/** The nodes of a document that could be read before; none of them stands anywhere were it not so now. */
function reread(file: string, document: DocumentText): YamlNode {
  const found = parseExactly(file, document, []).find(({ node }) => node !== null)
  return (
    found ?? {
      file,
      document: new Document(),
      lines: new LineCounter(),
      linesBefore: document.linesBefore,
      node: null,
    }
  )
}

function placed(value: unknown, node: () => YamlNode): YamlValue {
  return {
    value,
    position: (path) => valuePosition(node(), path),
    keyPosition: (path) => keyPosition(node(), path),
    below: (path, child) =>
      placed(
        child,
        once(() => path.reduce(stepDown, node())),
      ),
  }
}

function stepDown(yaml: YamlNode, step: string | number): YamlNode {
  return { ...yaml, node: childNode(yaml, step) }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
