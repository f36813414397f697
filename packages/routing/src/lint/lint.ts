import type { Diagnostic } from '../diagnostic.ts'
import type { Loaded } from '../manifest/load.ts'
import type { Resource } from '../manifest/resource.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { buildMesh } from '../mesh/mesh.ts'
import { checks } from './checks/index.ts'
import { codes, codeOfDiagnostic } from './codes.ts'
import type { Finding, Reported } from './finding.ts'
import { isSuppressed } from './suppress.ts'
import { World } from './world.ts'

export interface LintOptions {
  /** Default: built from the resources. */
  readonly mesh?: Mesh
  /** The header that carries the lane. Default: `project-version`. */
  readonly laneHeader?: string
  /** The pod label that says which version a pod is. Default: `version`. */
  readonly versionLabel?: string
}

/**
 * Checks manifests: what of them does not do what it says, which requests go wrong by it, and the cure. The
 * findings of the readers (syntax, unknown fields, …) are among them. Sorted by file, line, column and code.
 * Never throws.
 *
 * @example
 * const findings = lint(loadManifests([{ file: 'mesh.yaml', text }]))
 * for (const finding of findings) console.log(formatDiagnostic(finding))
 */
export function lint(loaded: Loaded, options: LintOptions = {}): Finding[] {
  const mesh = options.mesh ?? buildMesh(loaded.resources)
  const resources = lastOfEachName(loaded.resources)
  const world = new World(resources, mesh, {
    laneHeader: (options.laneHeader ?? 'project-version').toLowerCase(),
    versionLabel: options.versionLabel ?? 'version',
  })
  const byId = new Map(resources.map((resource) => [resource.id, resource]))
  const findings = [...loaded.diagnostics, ...mesh.diagnostics].flatMap((diagnostic) => {
    const resource = byId.get(diagnostic.resource ?? '')
    const finding = fromDiagnostic(diagnostic, resource)
    return resource !== undefined && isSuppressed(resource, finding.code) ? [] : [finding]
  })
  for (const check of checks) {
    check.run(world, (reported) => {
      if (!isSuppressed(reported.at.resource, reported.code)) findings.push(toFinding(reported))
    })
  }
  return withoutEchoes(findings).toSorted(byPlace)
}

/** Namespaces of the cluster's own, which no mesh has anything to do with (istio: inject.IgnoredNamespaces). */
const ignoredNamespaces: ReadonlySet<string> = new Set([
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'local-path-storage',
])

/** Of two resources with one name the later counts, as with `kubectl apply`. */
function lastOfEachName(resources: readonly Resource[]): Resource[] {
  const byName = new Map<string, Resource>()
  for (const resource of resources) {
    const group = resource.apiVersion.split('/').slice(0, -1).join('/')
    byName.set(`${group} ${resource.id}`, resource)
  }
  return [...byName.values()].filter(
    ({ kind, name, namespace }) => !ignoredNamespaces.has(kind === 'Namespace' ? name : namespace),
  )
}

/** What the engine says of a delegate in its own words, where the check says it too. */
function withoutEchoes(findings: readonly Finding[]): Finding[] {
  const said = new Set(
    findings.filter(({ code }) => code === 'TL023').map(({ resource }) => resource),
  )
  return findings.filter(({ code, resource }) => code !== 'TL114' || !said.has(resource))
}

function toFinding({ code, at, message, level, request = null, key }: Reported): Finding {
  const { resource, path } = at
  return {
    code,
    name: codes[code].name,
    level: level ?? codes[code].level,
    message: `${resource.id}: ${message}`,
    position: key === true ? resource.keyPosition(path) : resource.position(path),
    resource: resource.id,
    request,
  }
}

function fromDiagnostic(diagnostic: Diagnostic, resource: Resource | undefined): Finding {
  const code = isRefusal(diagnostic, resource) ? 'IST0106' : codeOfDiagnostic(diagnostic.code)
  return {
    ...diagnostic,
    code: code ?? diagnostic.code,
    name: code === null ? diagnostic.code : codes[code].name,
    level: code === null ? diagnostic.level : codes[code].level,
    request: null,
  }
}

/**
 * What makes the API server or Istio's webhook refuse an object of Istio's has Istio's own code; but for unknown
 * fields, which its analyzers pass over.
 */
function isRefusal({ level, code }: Diagnostic, resource: Resource | undefined): boolean {
  return (
    level === 'error' &&
    code !== 'unknown-field' &&
    resource !== undefined &&
    resource.apiVersion.startsWith('networking.istio.io/v') &&
    resource.kind !== 'EnvoyFilter'
  )
}

function byPlace(a: Finding, b: Finding): number {
  return (
    compare(a.position?.file ?? '', b.position?.file ?? '') ||
    (a.position?.line ?? 0) - (b.position?.line ?? 0) ||
    (a.position?.column ?? 0) - (b.position?.column ?? 0) ||
    compare(a.code, b.code)
  )
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
