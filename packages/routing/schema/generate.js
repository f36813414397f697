/**
 * `pnpm schema`: writes ../src/schema/data.ts, and the types of manifests in ../src/manifests.ts, from what ships
 * in Go modules; `pnpm schema --check` writes nothing and fails where the tree has something else.
 *
 * - Istio's kinds from istio.io/istio, manifests/charts/base/files/crd-all.gen.yaml;
 * - the Gateway API's from the version of sigs.k8s.io/gateway-api that Istio requires, the experimental
 *   channel, with a mark on each field that the standard channel lacks;
 * - Kubernetes' own from the version of k8s.io/client-go that Istio requires, which knows the names and types
 *   of fields (for server-side apply) and nothing more: no required fields, enums or bounds.
 *
 * Facts only: descriptions, and so all prose, stay behind. Needs `go`.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { parse, parseAllDocuments } from 'yaml'
import { celChecks } from './cel.js'
import { typesOf } from './types.js'

const istioVersion = 'v0.0.0-20260827124520-eed52ebb66ad'

const istioKinds = new Set([
  'AuthorizationPolicy',
  'DestinationRule',
  'EnvoyFilter',
  'Gateway',
  'PeerAuthentication',
  'RequestAuthentication',
  'ServiceEntry',
  'Sidecar',
  'VirtualService',
  'WorkloadEntry',
  'WorkloadGroup',
])
/** A number with a unit, as text (k8s.io/apimachinery: pkg/api/resource/quantity.go). */
const quantity = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/.source
const gatewayKinds = ['gatewayclasses', 'gateways', 'grpcroutes', 'httproutes', 'referencegrants']
const kubernetesKinds = [
  ['', 'v1', 'Namespace', 'io.k8s.api.core.v1.Namespace'],
  ['', 'v1', 'Service', 'io.k8s.api.core.v1.Service'],
  ['', 'v1', 'Pod', 'io.k8s.api.core.v1.Pod'],
  ['apps', 'v1', 'Deployment', 'io.k8s.api.apps.v1.Deployment'],
  ['apps', 'v1', 'StatefulSet', 'io.k8s.api.apps.v1.StatefulSet'],
  ['discovery.k8s.io', 'v1', 'EndpointSlice', 'io.k8s.api.discovery.v1.EndpointSlice'],
]

const istio = moduleFolder('istio.io/istio', istioVersion)
const gatewayApiVersion = required('sigs.k8s.io/gateway-api')
const gatewayApi = moduleFolder('sigs.k8s.io/gateway-api', gatewayApiVersion)
const clientGoVersion = required('k8s.io/client-go')
const clientGo = moduleFolder('k8s.io/client-go', clientGoVersion)

const nodes = []
const known = new Map()
/** `group/version/kind` -> the number of its node. */
const kinds = {}
const unchecked = new Map()
/** Kinds of CRDs, for their types. */
const crds = []

const typesOfKubernetes = readKubernetesTypes()
const named = new Map()
const anything = intern({})
const text = intern({ t: 'string' })
const metadata = kubernetesType('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta')

for (const crd of readAll(join(istio, 'manifests/charts/base/files/crd-all.gen.yaml'))) {
  if (istioKinds.has(crd.spec.names.kind)) addCrd(crd, null)
}
for (const plural of gatewayKinds) {
  const [experimental] = readAll(gatewayFile('experimental', plural))
  const [standard] = readAll(gatewayFile('standard', plural))
  addCrd(experimental, standard)
}
for (const [group, version, kind, type] of kubernetesKinds) {
  const { p } = nodes[kubernetesType(type)]
  kinds[`${group}/${version}/${kind}`] = intern({ t: 'object', p: { ...p, status: anything } })
}

const lines = nodes.map((node) => JSON.stringify(JSON.stringify(node)))
const code = `/**
 * Written by \`pnpm schema\`; do not edit. The fields, types and bounds of Kubernetes-style kinds, from
 * Istio, Gateway API and Kubernetes (all Apache-2.0, see NOTICE).
 */

/** The versions of the APIs that manifests are checked against. */
export const schemaVersions = {
  istio: '${istioVersion}',
  gatewayApi: '${gatewayApiVersion}',
  kubernetes: '${clientGoVersion.replace(/^v0/, 'v1')}',
} as const

/** The number of the node of each kind, by \`group/version/kind\`. */
export const kindNodes: Readonly<Record<string, number>> = ${JSON.stringify(kinds)}

/** The nodes (./node.ts), each as JSON; they name each other by number. */
export const nodeTexts: readonly string[] = [${lines.join(',')}]
`
const types = await typesOf(
  crds,
  kubernetesKinds.map(([group, version, kind, type]) => ({
    kind,
    apiVersion: group === '' ? version : `${group}/${version}`,
    type,
  })),
  typesOfKubernetes,
)
const typesCode = `/**
 * Written by \`pnpm schema\`; do not edit. What manifests hold, from the CRDs of Istio and Gateway API and from
 * Kubernetes (all Apache-2.0, see NOTICE).
 */

${types}`
const isCheck = process.argv.includes('--check')
const stale = [
  await emit('../src/schema/data.ts', code),
  await emit('../src/manifests.ts', typesCode),
]
console.log(`${nodes.length} nodes, ${Object.keys(kinds).length} kinds, ${code.length} bytes`)
if (isCheck && stale.some((one) => one)) {
  console.error('These are not what the Go modules say: run `pnpm schema`.')
  process.exitCode = 1
} else {
  console.log('CEL rules that are not checked:')
  for (const [rule, places] of unchecked) console.log(`  ${[...places].join(', ')}: ${rule}`)
}

/** Writes a file, or only looks whether it would change. */
async function emit(name, written) {
  const path = new URL(name, import.meta.url)
  const options = await resolveConfig(path)
  const formatted = await format(written, { ...options, parser: 'typescript' })
  if (existsSync(path) && readFileSync(path, 'utf8') === formatted) return false
  if (isCheck) console.error(`${name.replace('..', 'packages/routing')} is stale.`)
  else writeFileSync(path, formatted)
  return true
}

function addCrd({ spec: { group, names, versions } }, standard) {
  const served = versions.filter((version) => version.served)
  const newest = served[0].schema.openAPIV3Schema
  crds.push({
    // Istio has a kind of that name too.
    name: standard !== null && names.kind === 'Gateway' ? 'KubernetesGateway' : names.kind,
    kind: names.kind,
    apiVersions: served.map(({ name }) => `${group}/${name}`),
    spec: newest.properties.spec,
    required: newest.required ?? [],
  })
  for (const version of served) {
    const other = standard?.spec.versions.find(({ name }) => name === version.name)
    const root = version.schema.openAPIV3Schema
    const { spec } = root.properties
    const properties = {
      apiVersion: text,
      kind: text,
      metadata,
      spec: convert(spec, other?.schema.openAPIV3Schema.properties.spec ?? null, names.kind),
      status: anything,
    }
    const node = {
      t: 'object',
      p: properties,
      r: root.required?.filter((one) => one !== 'metadata'),
    }
    kinds[`${group}/${version.name}/${names.kind}`] = intern(node)
  }
}

/** A node of a structural schema. `standard`: the same place in the standard channel, if there is one. */
function convert(schema, standard, place) {
  const node = { ...shape(schema, standard, place), ...bounds(schema), ...junctors(schema, place) }
  if (schema.default !== undefined) node.d = schema.default
  const { checks, rest } = celChecks(schema['x-kubernetes-validations'] ?? [])
  for (const { bound, check } of checks) {
    if (bound !== undefined) Object.assign(node, bound)
    // The keys of the list, or an earlier rule, say so already.
    else if (!isSaid(node, check)) (node.c ??= []).push(check)
  }
  for (const rule of rest) {
    if (!unchecked.has(rule)) unchecked.set(rule, new Set())
    unchecked.get(rule).add(place)
  }
  return intern(node)
}

function shape(schema, standard, place) {
  const node = {}
  if (schema['x-kubernetes-int-or-string']) return { x: 1 }
  if (schema.type !== undefined) node.t = schema.type
  if (schema.nullable) node.n = 1
  if (schema['x-kubernetes-preserve-unknown-fields']) node.u = 1
  if (schema.properties !== undefined) {
    node.p = {}
    for (const [name, property] of Object.entries(schema.properties)) {
      const other = standard?.properties?.[name] ?? null
      node.p[name] = convert(property, other, `${place}.${name}`)
      if (standard !== null && other === null) (node.ex ??= []).push(name)
    }
  }
  if (schema.required !== undefined) node.r = schema.required
  if (typeof schema.additionalProperties === 'object') {
    const other = standard?.additionalProperties ?? null
    node.a = convert(schema.additionalProperties, other, `${place}.*`)
  }
  if (schema.items !== undefined) {
    node.i = convert(schema.items, standard?.items ?? null, `${place}[]`)
  }
  if (schema['x-kubernetes-list-type'] === 'map') node.k = schema['x-kubernetes-list-map-keys']
  if (schema['x-kubernetes-list-type'] === 'set') node.s = 1
  return node
}

function bounds(schema) {
  const node = {}
  if (['ipv4', 'ipv6'].includes(schema.format)) node.f = schema.format
  const names = {
    enum: 'e',
    pattern: 're',
    minimum: 'lo',
    maximum: 'hi',
    minLength: 'sl',
    maxLength: 'sh',
    minItems: 'nl',
    maxItems: 'nh',
    minProperties: 'pl',
    maxProperties: 'ph',
  }
  for (const [long, short] of Object.entries(names)) {
    if (schema[long] !== undefined) node[short] = schema[long]
  }
  return node
}

function junctors(schema, place) {
  // The two types of an int-or-string, which `x` says already.
  if (schema['x-kubernetes-int-or-string']) return {}
  const node = {}
  const choice = oneAtMost(schema.oneOf)
  if (choice !== null) node.c = [['atMostOne', ...choice]]
  for (const [long, short] of [
    ['oneOf', 'one'],
    ['anyOf', 'any'],
    ['allOf', 'all'],
  ]) {
    if (schema[long] === undefined || (long === 'oneOf' && choice !== null)) continue
    node[short] = schema[long].map((one) => convert(one, null, place))
  }
  if (schema.not !== undefined) node.not = convert(schema.not, null, place)
  return node
}

function isSaid(node, check) {
  if (check[0] === 'unique' && check[1] === node.k?.[0]) return true
  return (node.c ?? []).some((one) => JSON.stringify(one) === JSON.stringify(check))
}

/** The fields of protobuf's `oneof` as Istio's CRDs write it: none of them, or one. */
function oneAtMost(oneOf) {
  if (oneOf?.[0].not?.anyOf === undefined) return null
  const names = oneOf.slice(1).map(onlyRequired)
  const none = oneOf[0].not.anyOf.map(onlyRequired)
  return names.includes(null) || names.join(' ') !== none.join(' ') ? null : names
}

function onlyRequired(schema) {
  return Object.keys(schema).length === 1 && schema.required?.length === 1
    ? schema.required[0]
    : null
}

/** The number of a node; equal nodes are one. */
function intern(node) {
  const json = JSON.stringify(node)
  const before = known.get(json)
  if (before !== undefined) return before
  nodes.push(node)
  known.set(json, nodes.length - 1)
  return nodes.length - 1
}

function readKubernetesTypes() {
  const go = readFileSync(join(clientGo, 'applyconfigurations/internal/internal.go'), 'utf8')
  const yaml = /typed\.YAMLObject\(`(.*?)`\)/s.exec(go)?.[1]
  return new Map(parse(yaml).types.map((type) => [type.name, type]))
}

function kubernetesType(name) {
  const before = named.get(name)
  if (before !== undefined) return before
  if (name.endsWith('.IntOrString')) return intern({ x: 1 })
  if (name.endsWith('.Quantity')) return intern({ x: 2, re: quantity })
  if (/\.(?:Micro)?Time$|FieldsV1$|RawExtension$/.test(name)) return anything
  const number = kubernetesNode(typesOfKubernetes.get(name))
  named.set(name, number)
  return number
}

function kubernetesNode(type) {
  if (type.namedType !== undefined) return kubernetesType(type.namedType)
  if (type.scalar !== undefined) {
    const names = { string: 'string', boolean: 'boolean', numeric: 'integer' }
    const t = names[type.scalar]
    return t === undefined ? anything : intern({ t })
  }
  if (type.list !== undefined)
    return intern({ t: 'array', i: kubernetesNode(type.list.elementType) })
  if (type.map?.fields !== undefined) {
    const fields = type.map.fields.map(({ name, type: field }) => [name, kubernetesNode(field)])
    return intern({ t: 'object', p: Object.fromEntries(fields) })
  }
  if (type.map?.elementType !== undefined) {
    return intern({ t: 'object', a: kubernetesNode(type.map.elementType) })
  }
  return anything
}

function readAll(path) {
  return parseAllDocuments(readFileSync(path, 'utf8'))
    .map((document) => document.toJS())
    .filter((one) => one?.kind === 'CustomResourceDefinition')
}

function gatewayFile(channel, plural) {
  return join(gatewayApi, `config/crd/${channel}/gateway.networking.k8s.io_${plural}.yaml`)
}

function moduleFolder(path, version) {
  const out = execFileSync('go', ['mod', 'download', '-json', `${path}@${version}`], {
    encoding: 'utf8',
  })
  return JSON.parse(out).Dir
}

function required(path) {
  const mod = readFileSync(join(istio, 'go.mod'), 'utf8')
  const version = new RegExp(`^\\s${path} (v\\S+)`, 'm').exec(mod)?.[1]
  if (version === undefined) throw new Error(`Istio's go.mod requires no ${path}.`)
  return version
}
