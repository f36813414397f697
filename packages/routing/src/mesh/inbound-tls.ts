import { isCaptured, isGatewayPod, isOutOfMesh } from './injection.ts'
import { selects } from './labels.ts'
import type { Mesh } from './mesh.ts'
import type { InboundMode, PeerAuthentication } from './peer-authentication.ts'
import type { Workload } from './workload.ts'

/** What the sidecar of a server takes at one port. */
export interface InboundTls {
  readonly mode: InboundMode
  /** What says so; null: nothing, and Istio's default holds. */
  readonly by: PeerAuthentication | null
}

/**
 * What the sidecar of a workload takes at a port of its pods; null where no sidecar stands before it. The policy of
 * the workload wins over that of its namespace, and that over the mesh's; of several the oldest
 * (istio: pilot/pkg/security/authn/policy_applier.go, ComposePeerAuthentication).
 */
export function inboundTls(mesh: Mesh, workload: Workload, port: number): InboundTls | null {
  const { resource } = workload
  if (isOutOfMesh(resource, mesh.declaredNamespaces) || isRouter(mesh, workload)) return null
  if (!isCaptured(resource, port)) return null
  const [whole, namespace, own] = policiesFor(mesh, workload)
  let tls: InboundTls = { mode: 'PERMISSIVE', by: null }
  for (const by of [whole, namespace, own]) {
    if (by !== undefined && by.mode !== null) tls = { mode: by.mode, by }
  }
  const mode = own?.ports.get(port) ?? null
  return mode === null || own === undefined ? tls : { mode, by: own }
}

type Policies = readonly (PeerAuthentication | undefined)[]

/** That of the mesh, of the namespace and of the workload itself. A selector in the root namespace selects nothing. */
function policiesFor(mesh: Mesh, { namespace, labels }: Workload): Policies {
  const { rootNamespace } = mesh.config
  const inOwn = mesh.peerAuthentications.filter(
    (one) => one.namespace === namespace && namespace !== rootNamespace,
  )
  return [
    mesh.peerAuthentications.find((one) => one.namespace === rootNamespace && isForAll(one)),
    inOwn.find(isForAll),
    inOwn.find((one) => !isForAll(one) && selects(one.selector, labels)),
  ]
}

function isForAll({ selector }: PeerAuthentication): boolean {
  return Object.keys(selector).length === 0
}

/** Gateways take what their servers say. */
function isRouter(mesh: Mesh, workload: Workload): boolean {
  return (
    isGatewayPod(workload.resource) ||
    mesh.routers.some(({ pod }) => pod === workload) ||
    mesh.gateways.some(
      ({ selector }) => Object.keys(selector).length > 0 && selects(selector, workload.labels),
    )
  )
}
