import type { Manifest } from '../manifest.ts'
import type { Names } from '../names.ts'
import { rootNamespace } from '../names.ts'
import type { Random } from '../random.ts'

/** Which TLS the servers of a namespace take: no matter of where a sidecar sends a request. */
export function peerAuthentication(random: Random, names: Names): Manifest {
  const namespace = random.chance(0.3) ? rootNamespace : random.pick(names.namespaces)
  const isSelecting = namespace !== rootNamespace && random.chance(0.3)
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: { name: 'peers', namespace },
    spec: {
      selector: isSelecting ? { matchLabels: { app: 'reviews' } } : undefined,
      mtls: { mode: random.pick(['STRICT', 'PERMISSIVE', 'DISABLE']) },
      portLevelMtls: isSelecting && random.chance(0.5) ? { 8080: { mode: 'DISABLE' } } : undefined,
    },
  }
}
