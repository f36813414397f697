import type { Header } from '@traffic-lanes/routing'
import { isMap, isScalar, isSeq } from 'yaml'
import type { ParsedNode, YAMLMap } from 'yaml'
import { LANE_HEADER } from '../lane.ts'
import { YamlReader } from '../yaml-reader.ts'
import { parseYamlDocuments } from '../yaml.ts'

/** One test: a request, and what must become of it. */
export interface RouteTest {
  readonly name: string
  /** Who calls, as `lanes explain --from` takes it. */
  readonly from: string
  readonly request: {
    readonly method: string
    readonly url: string
    readonly headers: readonly Header[]
    /** null: the URL's. */
    readonly host: string | null
  }
  readonly expect: Expectation
  /** `file:line:column`. */
  readonly position: string
  /** The same of `request.url` and of `from`, for what is wrong with them. */
  readonly positions: { readonly url: string; readonly from: string }
}

/** What is undefined is not checked; null: there must be none. */
export interface Expectation {
  /** All that may answer, in any order. */
  readonly workload?: readonly string[]
  readonly subset?: string | null
  /** What the proxy itself answers. */
  readonly status?: number
  /** Those of the request as the workload gets it, or of the proxy's own answer. */
  readonly headers?: readonly (readonly [name: string, value: string | null])[]
  /** As the workload gets it, with the query. */
  readonly path?: string
}

/**
 * Reads the tests of a file: any number of documents of kind RouteTest. Unknown fields are errors, and so is a
 * test that expects nothing: both would pass whatever the routes do.
 *
 * @throws CliError (exit code 2) with file:line:column.
 */
export function readRouteTests(text: string, file: string): RouteTest[] {
  const documents = parseYamlDocuments(text, file)
  return documents.flatMap((document) => readDocument(new YamlReader(document), file))
}

function readDocument(read: YamlReader, file: string): RouteTest[] {
  const root = read.map(read.root, file, ['apiVersion', 'kind', 'metadata', 'spec'])
  read.equals(root, 'apiVersion', 'traffic-lanes.dev/v1alpha1')
  read.equals(root, 'kind', 'RouteTest')
  const spec = read.map(read.get(root, 'spec'), 'spec', ['from', 'tests'])
  const from = spec.has('from') ? read.get(spec, 'from') : undefined
  const tests = read.list(spec, 'tests')
  if (tests.length === 0) throw read.error(spec, '`tests` must hold at least one test')
  const names = new Set<string>()
  return tests.map((node) => {
    const test = readTest(read, node, from)
    if (names.has(test.name))
      throw read.error(node, `the name "${test.name}" stands for another test too; change one`)
    names.add(test.name)
    return test
  })
}

function readTest(read: YamlReader, node: ParsedNode, common: ParsedNode | undefined): RouteTest {
  const map = read.map(node, 'a test', ['name', 'from', 'request', 'expect'])
  const from = map.has('from') ? read.get(map, 'from') : common
  if (from === undefined)
    throw read.error(map, 'say who calls by `from`, here or for all tests in `spec`')
  const request = read.map(read.get(map, 'request'), '`request`', [
    'method',
    'url',
    'headers',
    'lane',
    'host',
  ])
  const lane = optional(read, request, 'lane')
  return {
    name: read.string(read.get(map, 'name'), 'name'),
    from: read.string(from, 'from'),
    request: {
      method: optional(read, request, 'method') ?? 'GET',
      url: read.string(read.get(request, 'url'), 'url'),
      headers: [
        ...requestHeaders(read, request),
        ...(lane === undefined ? [] : ([[LANE_HEADER, lane]] as const)),
      ],
      host: optional(read, request, 'host') ?? null,
    },
    expect: readExpectation(read, map),
    position: read.at(node),
    positions: { url: read.at(read.get(request, 'url')), from: read.at(from) },
  }
}

function readExpectation(read: YamlReader, test: YAMLMap.Parsed): Expectation {
  const fields = ['workload', 'subset', 'status', 'headers', 'path']
  const map = read.map(read.get(test, 'expect'), '`expect`', fields)
  if (map.items.length === 0)
    throw read.error(map, `\`expect\` is empty, so the test cannot fail; say ${fields.join(', ')}`)
  return {
    ...(map.has('workload') ? { workload: workloads(read, read.get(map, 'workload')) } : {}),
    ...(map.has('subset') ? { subset: textOrNull(read, map, 'subset') } : {}),
    ...(map.has('status') ? { status: status(read, read.get(map, 'status')) } : {}),
    ...(map.has('headers') ? { headers: expectedHeaders(read, read.get(map, 'headers')) } : {}),
    ...(map.has('path') ? { path: read.string(read.get(map, 'path'), 'path') } : {}),
  }
}

/** A name, or a list of those among which the route splits. */
function workloads(read: YamlReader, node: ParsedNode): string[] {
  const items = isSeq(node) ? node.items : [node]
  return items.map((item) => read.string(item, 'workload')).toSorted()
}

function status(read: YamlReader, node: ParsedNode): number {
  const value = isScalar(node) ? node.value : undefined
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 100 || value > 599)
    throw read.error(node, '`status` must be a number from 100 to 599')
  return value
}

function requestHeaders(read: YamlReader, request: YAMLMap.Parsed): Header[] {
  if (!request.has('headers')) return []
  const map = read.map(read.get(request, 'headers'), '`headers`')
  return map.items.flatMap(({ key, value }) => {
    const name = read.string(key, 'headers')
    if (value === null) throw read.error(key, `the header "${name}" has no value; give it one`)
    const values = isSeq(value) ? value.items : [value]
    return values.map((one): Header => [name, read.scalar(one, 'headers')])
  })
}

function expectedHeaders(read: YamlReader, node: ParsedNode): (readonly [string, string | null])[] {
  return read.map(node, '`headers`').items.map(({ key, value }) => {
    const isNull = value === null || (isScalar(value) && value.value === null)
    return [read.string(key, 'headers'), isNull ? null : read.scalar(value, 'headers')]
  })
}

function textOrNull(read: YamlReader, map: YAMLMap.Parsed, field: string): string | null {
  const node = map.items.find(({ key }) => isScalar(key) && key.value === field)?.value ?? null
  if (node === null || (isScalar(node) && node.value === null)) return null
  return read.string(node, field)
}

function optional(read: YamlReader, map: YAMLMap.Parsed, field: string): string | undefined {
  return isMap(map) && map.has(field) ? read.string(read.get(map, field), field) : undefined
}
