import { LineCounter, parseAllDocuments } from 'yaml'
import type { ScalarTag } from 'yaml'
import type { Diagnostic, Position } from '../diagnostic.ts'
import { isClusterScoped, kindStatus } from './kinds.ts'
import { attempt, child, isRecord, readOptionalString, readString, readStringMap } from './read.ts'
import type { Field, Report } from './read.ts'
import type { Path, Resource } from './resource.ts'
import { childNode, keyPosition, positionAt, valuePosition } from './yaml-node.ts'
import type { YamlNode } from './yaml-node.ts'

/** A manifest file: its name, for positions only, and its text (YAML or JSON, any number of documents). */
export interface Source {
  readonly file: string
  readonly text: string
}

/** What the manifests hold, and what of them could not be read. */
export interface Loaded {
  readonly resources: Resource[]
  readonly diagnostics: Diagnostic[]
}

/**
 * Reads manifests into resources, each of which knows its lines. Empty documents are skipped, a `List` is
 * taken apart. A document with a syntax error, or one that is no Kubernetes object, becomes a diagnostic
 * (`yaml-syntax`, `yaml-aliases`, `not-an-object`, `missing-field`, `wrong-type`); the other documents of
 * the file still load. Never throws.
 *
 * Bare `yes`, `no`, `on`, `off`, `y` and `n` are booleans and `<<` merges, as in the YAML 1.1 that
 * Kubernetes reads. A value that an anchor names can be used 1,000 times, counted through nesting.
 *
 * @example
 * const { resources, diagnostics } = loadManifests([{ file: 'mesh.yaml', text }])
 * for (const diagnostic of diagnostics) console.error(formatDiagnostic(diagnostic))
 */
export function loadManifests(sources: readonly Source[]): Loaded {
  const resources: Resource[] = []
  const diagnostics: Diagnostic[] = []
  for (const source of sources) {
    for (const root of parse(source, diagnostics)) {
      collect(root, toValue(root, diagnostics), resources, diagnostics)
    }
  }
  return { resources, diagnostics }
}

/** A YAML document that is no Kubernetes object, with the places of its values; null where there is none. */
export function parseYaml(
  source: Source,
  diagnostics: Diagnostic[],
): { readonly value: unknown; position(path: Path): Position } | null {
  const [root] = parse(source, diagnostics)
  if (root === undefined) return null
  return {
    value: toValue(root, diagnostics),
    position: (path) => valuePosition(root, path),
  }
}

/** Enough for a manifest written by hand, far too few for a "billion laughs". */
const maxAliasCount = 1000

/** YAML 1.1's words for booleans, which Kubernetes still reads (sigs.k8s.io/yaml). */
const yaml11Words: ScalarTag = {
  identify: () => false,
  default: true,
  tag: 'tag:yaml.org,2002:bool',
  test: /^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/,
  resolve: (word) => /^(?:y|on)/i.test(word),
}

function parse({ file, text }: Source, diagnostics: Diagnostic[]): YamlNode[] {
  const lines = new LineCounter()
  const roots: YamlNode[] = []
  try {
    const documents = parseAllDocuments(text, {
      lineCounter: lines,
      prettyErrors: false,
      stringKeys: true,
      schema: 'core',
      merge: true,
      resolveKnownTags: false,
      customTags: (tags) => [yaml11Words, ...tags],
      logLevel: 'silent',
    })
    for (const document of documents) {
      const [error] = document.errors
      if (error === undefined) {
        roots.push({ file, document, lines, node: document.contents })
      } else {
        diagnostics.push({
          code: 'yaml-syntax',
          level: 'error',
          message: `${sentence(error.message)} Nothing is read from this document`,
          position: positionAt({ file, lines }, error.pos[0]),
          resource: null,
        })
      }
    }
  } catch (error) {
    // The parser recurses: nesting beyond the stack ends in a RangeError.
    diagnostics.push({
      code: 'yaml-syntax',
      level: 'error',
      message: `${sentence(reason(error))} Nothing is read from this file`,
      position: { file, line: 1, column: 1 },
      resource: null,
    })
  }
  return roots
}

function toValue(root: YamlNode, diagnostics: Diagnostic[]): unknown {
  try {
    const value: unknown = root.document.toJS({ maxAliasCount })
    assertNoCycle(value, new Set(), new Set())
    return value
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

/** An alias inside its own anchor makes a value that contains itself; Kubernetes refuses it too. */
function assertNoCycle(value: unknown, above: Set<object>, done: Set<object>): void {
  if (typeof value !== 'object' || value === null || done.has(value)) return
  if (above.has(value)) throw new ReferenceError('A value contains itself')
  above.add(value)
  for (const entry of Object.values(value)) assertNoCycle(entry, above, done)
  above.delete(value)
  done.add(value)
}

function collect(
  root: YamlNode,
  value: unknown,
  resources: Resource[],
  diagnostics: Diagnostic[],
): void {
  if (value === null || value === undefined) return
  if (!isRecord(value)) {
    diagnostics.push({
      code: 'not-an-object',
      level: 'error',
      message: `Expected a Kubernetes object with \`apiVersion\` and \`kind\`, got ${describe(value)}`,
      position: valuePosition(root, []),
      resource: null,
    })
    return
  }
  const items = value['items']
  if (typeof value['kind'] === 'string' && value['kind'].endsWith('List') && Array.isArray(items)) {
    const list: YamlNode = { ...root, node: childNode(root, 'items') }
    for (const [index, item] of items.entries()) {
      collect({ ...root, node: childNode(list, index) }, item, resources, diagnostics)
    }
    return
  }
  const found: Diagnostic[] = []
  const resource = attempt(() => toResource(root, value, (one) => found.push(one)))
  if (resource !== undefined) resources.push(resource)
  // Files for tools stand among the manifests too, and some have no metadata.
  if (!isForeign(value)) diagnostics.push(...found)
}

function isForeign({ apiVersion, kind }: Record<string, unknown>): boolean {
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return false
  return kindStatus(apiVersion, kind).status === 'irrelevant'
}

function toResource(yaml: YamlNode, body: Record<string, unknown>, report: Report): Resource {
  const position = (path: readonly (string | number)[] = []) => valuePosition(yaml, path)
  const keyPositionOf = (path: readonly (string | number)[]) => keyPosition(yaml, path)
  const root: Field = {
    value: body,
    key: null,
    parent: null,
    source: { resource: { id: null, position, keyPosition: keyPositionOf }, report },
  }
  const apiVersion = readString(child(root, 'apiVersion'))
  const kind = readString(child(root, 'kind'))
  const metadata = child(root, 'metadata')
  const name = readString(child(metadata, 'name'))
  const written = readOptionalString(child(metadata, 'namespace'))
  const namespace = isClusterScoped(apiVersion, kind) ? '' : (written ?? 'default')
  return {
    apiVersion,
    kind,
    name,
    namespace,
    labels: readStringMap(child(metadata, 'labels')),
    annotations: readStringMap(child(metadata, 'annotations')),
    creationTimestamp: readOptionalString(child(metadata, 'creationTimestamp')),
    body,
    id: namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`,
    position,
    keyPosition: keyPositionOf,
  }
}

function describe(value: unknown): string {
  return Array.isArray(value) ? 'a list' : `the ${typeof value} ${JSON.stringify(value)}`
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function sentence(text: string): string {
  return /[.!?:]$/.test(text) ? text : `${text}.`
}
