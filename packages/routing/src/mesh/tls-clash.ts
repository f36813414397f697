import { formatPosition } from '../diagnostic.ts'
import type { ClientTls } from './client-tls.ts'
import { inboundTls } from './inbound-tls.ts'
import { isCaptured, isOutOfMesh } from './injection.ts'
import type { Mesh } from './mesh.ts'
import type { Workload } from './workload.ts'

/**
 * Why the pods of a workload do not take what callers are made to speak, as the end of a sentence; null: they do, or
 * nothing is known. Of certificates of the user's own (`MUTUAL`), and of TLS that the app ends, nothing is.
 *
 * @param port of the pods
 */
export function tlsClash(
  mesh: Mesh,
  workload: Workload,
  port: number,
  { mode }: Pick<ClientTls, 'mode'>,
): string | null {
  const server = inboundTls(mesh, workload, port)
  if (server === null) return mode === 'ISTIO_MUTUAL' ? withoutSidecar(mesh, workload, port) : null
  const { by } = server
  if (by === null) return null
  const policy = `${by.resource.id} (${formatPosition(by.resource.position(['spec']))})`
  if (server.mode === 'STRICT' && (mode === 'DISABLE' || mode === 'SIMPLE'))
    return `${policy} lets in mutual TLS only`
  if (server.mode === 'DISABLE' && mode === 'ISTIO_MUTUAL')
    return `${policy} lets in plain text only`
  return null
}

function withoutSidecar(
  { declaredNamespaces }: Mesh,
  { resource, name }: Workload,
  port: number,
): string | null {
  if (isOutOfMesh(resource, declaredNamespaces)) return `${name} has no sidecar`
  return isCaptured(resource, port) ? null : `the sidecar of ${name} does not take this port`
}
