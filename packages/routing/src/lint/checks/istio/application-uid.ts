import type { Check } from '../../check.ts'
import { isControlPlane } from '../../model/control-plane.ts'

/** What the sidecar's own user sends is not captured. */
export const applicationUid: Check = {
  codes: ['IST0144'],
  run(world, report) {
    for (const { resource, template, replicas } of world.workloads()) {
      if (replicas === 0 && resource.kind !== 'Deployment') continue
      const labels =
        resource.kind === 'Deployment'
          ? resource.labels
          : template.get('metadata', 'labels').labels()
      if (isControlPlane(labels)) continue
      const users = [
        template.get('spec', 'securityContext', 'runAsUser'),
        ...template
          .get('spec', 'containers')
          .list()
          .filter((one) => !proxies.has(one.get('name').text ?? ''))
          .map((one) => one.get('securityContext', 'runAsUser')),
      ]
      for (const at of users) {
        if (at.value !== 1337) continue
        report({
          code: 'IST0144',
          at,
          message: `user 1337 is the sidecar's own, whose traffic goes past it: no rule holds for this container. Use another user`,
        })
      }
    }
  },
}

const proxies: ReadonlySet<string> = new Set(['istio-proxy', 'istio-operator'])
