import type { Diagnostic } from '../diagnostic.ts'
import type { Retries } from '../decision.ts'
import {
  attempt,
  child,
  isPresent,
  readOptionalString,
  readStringMap,
  readStrings,
  readText,
  refuse,
  reportNotModelled,
  rootOf,
} from '../manifest/read.ts'
import type { Field, Report } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'
import { parseDocuments } from '../manifest/yaml-document.ts'
import type { Source } from '../manifest/yaml-document.ts'
import { defaultRetries, readRetries } from './retries.ts'

/**
 * What of Istio's MeshConfig bears on routes. Everything else in it is passed over
 * (istio: pkg/config/mesh/mesh.go, DefaultMeshConfig).
 */
export interface MeshConfig {
  /** What a sidecar does with hosts that it does not know. Default: `ALLOW_ANY`. */
  readonly outboundTrafficPolicy: OutboundMode
  /** What is done to a path before any route is tried. Default: `BASE`. */
  readonly pathNormalization: PathNormalization
  /** The namespace whose rules hold for the whole mesh. Default: `istio-system`. */
  readonly rootNamespace: string
  /** What a resource without `exportTo` means, by kind. Default: `*`. */
  readonly defaultServiceExportTo: readonly string[]
  readonly defaultVirtualServiceExportTo: readonly string[]
  readonly defaultDestinationRuleExportTo: readonly string[]
  /** Default: `cluster.local`. */
  readonly trustDomain: string
  /** What a rule without `retries` retries; null: nothing. Default: Istio's own policy. */
  readonly defaultRetries: Retries | null
  /** The environment of the proxies: `defaultConfig.proxyMetadata`. Default: none. */
  readonly proxyMetadata: Readonly<Record<string, string>>
  /** The variant of the proxies' image, `defaultConfig.image.imageType`; null: the plain one. Default: null. */
  readonly proxyImageType: string | null
}

/** What becomes of connections to hosts that the mesh does not know. */
export type OutboundMode = 'ALLOW_ANY' | 'REGISTRY_ONLY'

/**
 * `BASE`: RFC 3986; `MERGE_SLASHES`: and several slashes become one; `DECODE_AND_MERGE_SLASHES`: and before all that
 * escaped slashes become plain ones (istio.io/docs/ops/best-practices/security, “Customize your system on path
 * normalization”).
 */
export type PathNormalization = 'NONE' | 'BASE' | 'MERGE_SLASHES' | 'DECODE_AND_MERGE_SLASHES'

/** Istio's defaults. */
export const defaultMeshConfig: MeshConfig = {
  outboundTrafficPolicy: 'ALLOW_ANY',
  pathNormalization: 'BASE',
  rootNamespace: 'istio-system',
  defaultServiceExportTo: ['*'],
  defaultVirtualServiceExportTo: ['*'],
  defaultDestinationRuleExportTo: ['*'],
  trustDomain: 'cluster.local',
  defaultRetries,
  proxyMetadata: {},
  proxyImageType: null,
}

/**
 * Reads a MeshConfig from YAML: the value of `data.mesh` in the ConfigMap `istio`, or a file with the same
 * text. A field that cannot be read is reported and keeps its default. Never throws.
 */
export function readMeshConfig(source: Source): {
  readonly meshConfig: MeshConfig
  readonly diagnostics: readonly Diagnostic[]
} {
  const diagnostics: Diagnostic[] = []
  const [parsed] = parseDocuments(source, diagnostics)
  const root: Field = {
    value: parsed?.value ?? {},
    key: null,
    parent: null,
    source: {
      resource: {
        id: 'MeshConfig',
        position: (path = []) =>
          parsed?.position(path) ?? { file: source.file, line: 1, column: 1 },
        keyPosition: (path) => parsed?.position(path) ?? { file: source.file, line: 1, column: 1 },
      },
      report: (diagnostic) => diagnostics.push(diagnostic),
    },
  }
  return { meshConfig: attempt(() => readFields(root)) ?? defaultMeshConfig, diagnostics }
}

/** Whether the resource is the ConfigMap in which Istio keeps its mesh config. */
export function isMeshConfig({ apiVersion, kind, namespace, name }: Resource): boolean {
  return (
    apiVersion === 'v1' && kind === 'ConfigMap' && namespace === 'istio-system' && name === 'istio'
  )
}

/** Whether the resource says how Istio is installed, and so which mesh config it gets. */
export function isIstioOperator({ apiVersion, kind }: Resource): boolean {
  return apiVersion.startsWith('install.istio.io/') && kind === 'IstioOperator'
}

/** Reads `spec.meshConfig` of an IstioOperator. */
export function readOperatorMeshConfig(resource: Resource, report: Report): MeshConfig {
  return readFields(child(child(rootOf(resource, report), 'spec'), 'meshConfig'))
}

/** Reads the ConfigMap `istio`. Findings stand where its text begins. */
export function readMeshConfigMap(resource: Resource, report: Report): MeshConfig {
  const text = readOptionalString(child(child(rootOf(resource, report), 'data'), 'mesh')) ?? ''
  const position = resource.position(['data', 'mesh'])
  const { meshConfig, diagnostics } = readMeshConfig({ file: position.file, text })
  for (const diagnostic of diagnostics) report({ ...diagnostic, position, resource: resource.id })
  return meshConfig
}

function readFields(root: Field): MeshConfig {
  const selectors = child(root, 'discoverySelectors')
  if (isPresent(selectors)) {
    reportNotModelled(selectors, 'discoverySelectors', 'know the objects of every namespace')
  }
  return {
    outboundTrafficPolicy:
      attempt(() => readOutboundMode(child(child(root, 'outboundTrafficPolicy'), 'mode'))) ??
      'ALLOW_ANY',
    pathNormalization: readNormalization(child(child(root, 'pathNormalization'), 'normalization')),
    rootNamespace:
      attempt(() => readText(child(root, 'rootNamespace'))) ?? defaultMeshConfig.rootNamespace,
    defaultServiceExportTo: readExport(child(root, 'defaultServiceExportTo')),
    defaultVirtualServiceExportTo: readExport(child(root, 'defaultVirtualServiceExportTo')),
    defaultDestinationRuleExportTo: readExport(child(root, 'defaultDestinationRuleExportTo')),
    trustDomain:
      attempt(() => readText(child(root, 'trustDomain'))) ?? defaultMeshConfig.trustDomain,
    defaultRetries: readDefaultRetries(child(root, 'defaultHttpRetryPolicy')),
    proxyMetadata:
      attempt(() => readStringMap(child(child(root, 'defaultConfig'), 'proxyMetadata'))) ?? {},
    proxyImageType:
      attempt(() => readText(child(child(child(root, 'defaultConfig'), 'image'), 'imageType'))) ??
      null,
  }
}

/** Reads an outbound mode; null where absent. The third, ALLOW_ANY_DYNAMIC_DNS, is reported as not known. */
function readNormalization(field: Field): PathNormalization {
  const written = attempt(() => {
    const word = readText(field)
    if (word === null || word === 'DEFAULT') return 'BASE'
    const known = normalizations.find((one) => one === word)
    return (
      known ??
      refuse(field, `must be one of ${normalizations.join(', ')}, got ${JSON.stringify(word)}`)
    )
  })
  return written ?? 'BASE'
}

const normalizations = ['NONE', 'BASE', 'MERGE_SLASHES', 'DECODE_AND_MERGE_SLASHES'] as const

export function readOutboundMode(field: Field): OutboundMode | null {
  const mode = readText(field)
  if (mode === null || mode === 'ALLOW_ANY' || mode === 'REGISTRY_ONLY') return mode
  return refuse(field, `must be ALLOW_ANY or REGISTRY_ONLY, got ${JSON.stringify(mode)}`)
}

function readExport(field: Field): readonly string[] {
  const written = attempt(() => readStrings(field)) ?? []
  return written.length === 0 ? ['*'] : written
}

function readDefaultRetries(field: Field): Retries | null {
  const read = attempt(() => readRetries(field)) ?? defaultRetries
  return read === 'off' ? null : read
}
