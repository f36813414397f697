import type { Diagnostic } from '../diagnostic.ts'
import { isClusterScoped, kindStatus } from './kinds.ts'
import { attempt, child, isRecord, readOptionalString, readString, readStringMap } from './read.ts'
import type { Field, Report } from './read.ts'
import type { Path, Resource } from './resource.ts'
import { parseDocuments } from './yaml-document.ts'
import type { Source, YamlValue } from './yaml-document.ts'

/** What the manifests hold, and what of them could not be read. */
export interface Loaded {
  readonly resources: Resource[]
  readonly diagnostics: Diagnostic[]
}

/**
 * Reads manifests into resources, each of which knows its lines. Empty documents are skipped, a `List` is
 * taken apart. A document with a syntax error, or one that is no Kubernetes object, becomes a diagnostic
 * (`yaml-syntax`, `duplicate-field`, `yaml-aliases`, `yaml-too-long`, `not-an-object`, `missing-field`, `wrong-type`); the other documents of
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
    for (const document of parseDocuments(source, diagnostics)) {
      collect(document, resources, diagnostics)
    }
  }
  return { resources, diagnostics }
}

function collect(document: YamlValue, resources: Resource[], diagnostics: Diagnostic[]): void {
  const { value } = document
  if (value === null || value === undefined) return
  if (!isRecord(value)) {
    diagnostics.push({
      code: 'not-an-object',
      level: 'error',
      message: `Expected a Kubernetes object with \`apiVersion\` and \`kind\`, got ${describe(value)}`,
      position: document.position([]),
      resource: null,
    })
    return
  }
  const items = value['items']
  if (typeof value['kind'] === 'string' && value['kind'].endsWith('List') && Array.isArray(items)) {
    for (const [index, item] of items.entries()) {
      collect(document.below(['items', index], item), resources, diagnostics)
    }
    return
  }
  const found: Diagnostic[] = []
  const resource = attempt(() => toResource(document, value, (one) => found.push(one)))
  if (resource !== undefined) resources.push(resource)
  // Files for tools stand among the manifests too, and some have no metadata.
  if (!isForeign(value)) diagnostics.push(...found)
}

function isForeign({ apiVersion, kind }: Record<string, unknown>): boolean {
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return false
  return kindStatus(apiVersion, kind).status === 'irrelevant'
}

function toResource(yaml: YamlValue, body: Record<string, unknown>, report: Report): Resource {
  const position = (path: Path = []) => yaml.position(path)
  const keyPosition = (path: Path) => yaml.keyPosition(path)
  const root: Field = {
    value: body,
    key: null,
    parent: null,
    source: { resource: { id: null, position, keyPosition }, report },
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
    keyPosition,
  }
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  const text = JSON.stringify(value)
  return `the ${typeof value} ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`
}
