import type { Check } from '../check.ts'
import { isOutOfMesh } from '../../mesh/injection.ts'
import { serviceUrl } from '../examples.ts'

/** Lanes are the caller's sidecar's work: without one, kube-proxy picks any pod of the Service. */
export const callerWithoutSidecar: Check = {
  codes: ['TL017'],
  run(world, report) {
    const lanes = world.laneHosts()
    for (const { workload, service, port, part } of world.mentions()) {
      const target = lanes.get(service.host)
      if (target === undefined || !isOutOfMesh(workload.resource, world.mesh.declaredNamespaces))
        continue
      if (world.versionsOf(service).size < 2) continue
      const trials = [{ from: 'outside', url: serviceUrl(service, port), lane: target.lane }]
      const closed = world.examples.find(trials, ({ outcome }) => outcome.kind === 'reset')
      report({
        code: 'TL017',
        at: part,
        message:
          closed === null
            ? `calls ${service.name}, which has lanes, without a sidecar: whatever its lane, kube-proxy picks any version. Let it be injected, or give the lanes Services of their own`
            : `calls ${service.name} without a sidecar, and a PeerAuthentication lets in mutual TLS only: the connection is closed. Let it be injected`,
        request:
          closed ??
          world.examples.find(
            trials,
            ({ outcome }) => outcome.kind === 'passthrough' && outcome.endpoints.length > 1,
          ),
      })
    }
  },
}
