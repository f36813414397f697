import type { Decision, Endpoint, Mesh, Outcome } from '@traffic-lanes/routing'

/** Where requests end. */
export interface Destination {
  /** How many of 100 requests: less than 100 where the route splits them. */
  readonly share: number
  readonly kind: Outcome['kind']
  readonly cluster: string | null
  readonly subset: string | null
  /** Who may answer: `NAMESPACE/NAME`, sorted. */
  readonly workloads: readonly string[]
  /** Their labels `version`, sorted; of a workload without one its name. */
  readonly versions: readonly string[]
  readonly status: number | null
  readonly flags: readonly string[]
  readonly detail: string | null
  readonly location: string | null
  readonly rewrite: { readonly path: string | null; readonly host: string | null } | null
}

/** A workload's label `version`, by its namespace and name. */
export type Versions = ReadonlyMap<string, string>

export function versionsOf(mesh: Mesh): Versions {
  return new Map(
    mesh.workloads.map(({ namespace, name, labels }) => [
      `${namespace}/${name}`,
      labels['version'] ?? name,
    ]),
  )
}

export function destinationOf(decision: Decision, share: number, versions: Versions): Destination {
  const { outcome, rewrite } = decision
  const all: Partial<Flat> = outcome
  const endpoints = all.endpoints ?? []
  return {
    share,
    kind: outcome.kind,
    cluster: all.cluster ?? null,
    subset: all.subset ?? null,
    workloads: sorted(
      endpoints.flatMap(({ namespace, workload, address }) =>
        workload === null || namespace === null ? (address ?? []) : `${namespace}/${workload}`,
      ),
    ),
    versions: sorted(
      endpoints.flatMap(({ namespace, workload, address }) =>
        workload === null || namespace === null
          ? (address ?? [])
          : (versions.get(`${namespace}/${workload}`) ?? workload),
      ),
    ),
    status: all.status ?? null,
    flags: all.flags ?? [],
    detail: all.detail ?? null,
    location: all.location ?? null,
    rewrite:
      rewrite.path === null && rewrite.authority === null
        ? null
        : { path: rewrite.path, host: rewrite.authority },
  }
}

/** The fields of all kinds of outcomes. */
interface Flat {
  readonly cluster: string | null
  readonly subset: string | null
  readonly endpoints: readonly Endpoint[]
  readonly status: number
  readonly flags: readonly string[]
  readonly detail: string
  readonly location: string
}

/** Whether the requests are served by nobody. */
export function isError({ kind, cluster, status, workloads }: Destination): boolean {
  const isByKubeProxy = kind === 'passthrough' && cluster === null
  if (kind === 'respond') return (status ?? 0) >= 400
  if (kind === 'tcp' || isByKubeProxy) return workloads.length === 0 && !leadsOut(cluster)
  return kind === 'no-listener' || kind === 'reset'
}

/**
 * `release-v1`, `503 NC`, `302 to /new`, `out of the mesh`; `pay@release-v1` where the Service is another one
 * than the one that was called.
 *
 * @param called Its host and port, as the target is named: `pay.shop:80`.
 */
export function destinationName(destination: Destination, called: string): string {
  const { kind, status, flags, location, versions } = destination
  switch (kind) {
    case 'respond':
      return [status, ...flags].join(' ')
    case 'redirect':
      return `${status ?? ''} to ${location ?? ''}`
    case 'no-listener':
      return 'refused'
    case 'reset':
      return ['closed', ...flags].join(' ')
    default:
      if (versions.length === 0) return nobody(destination)
      return (
        otherService(destination, called) +
        (versions.length > 2 ? `any of ${versions.length}` : versions.join(' or '))
      )
  }
}

/** Who answers where the manifests know nobody. */
function nobody({ kind, cluster }: Destination): string {
  if (kind === 'forward' || leadsOut(cluster)) return 'as dialled'
  return cluster === 'PassthroughCluster' ? 'out of the mesh' : 'no endpoints'
}

/** A cluster of a host that is no Service of Kubernetes: who answers there, no manifest knows. */
function leadsOut(cluster: string | null): boolean {
  return cluster?.startsWith('outbound|') === true && !cluster.includes('.svc.')
}

/** `pay@` */
function otherService({ cluster }: Destination, called: string): string {
  const host = cluster?.startsWith('outbound|') ? cluster.slice(cluster.lastIndexOf('|') + 1) : ''
  const written = called.slice(0, called.lastIndexOf(':'))
  const isSame = host.startsWith(written) && [undefined, '.'].includes(host[written.length])
  return host === '' || isSame ? '' : `${host.slice(0, host.indexOf('.'))}@`
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].toSorted()
}
