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
    if (document.text.length > longestPlain) {
      diagnostics.push(tooLong(source.file, document, longestPlain))
      continue
    }
    const quick = parseQuickly(document.text)
    if (quick !== undefined) {
      yield placed(
        quick.value,
        once(() => reread(source.file, document)),
      )
      continue
    }
    if (document.text.length > longest) {
      diagnostics.push(tooLong(source.file, document, longest))
      continue
    }
    for (const root of parseExactly(source.file, document, diagnostics)) {
      yield placed(toValue(root, diagnostics), () => root)
    }
  }
}

/**
 * How many characters the parser that knows positions is given: it takes a hundred times their size in memory.
 * An API server takes objects of 3 MB at most; only a `List` is larger, and a machine writes those plainly.
 */
const longest = 8_000_000

/** A whole cluster in a `List` is long; beyond this, memory is what runs out. */
const longestPlain = 32_000_000

function tooLong(file: string, { text, linesBefore }: DocumentText, most: number): Diagnostic {
  const what =
    most === longest ? 'a document with anchors, tags or an error in it' : 'a single document'
  return {
    code: 'yaml-too-long',
    level: 'error',
    message:
      `${Math.ceil(text.length / 1_000_000)} MB are too long for ${what}, which may have ` +
      `${most / 1_000_000} MB. Nothing is read from it; take it apart`,
    position: { file, line: linesBefore + 1, column: 1 },
    resource: null,
  }
}

/**
 * The nodes of a document that could be read before; none of them stands anywhere were it not so now, nor in
 * one that is too long to look at again.
 */
function reread(file: string, document: DocumentText): YamlNode {
  const found =
    document.text.length > longest
      ? undefined
      : parseExactly(file, document, []).find(({ node }) => node !== null)
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
