import type { Check } from '../check.ts'
import { isAmbient, namespaceLabels } from '../model/injection.ts'

/** In ambient mode the waypoint of the server routes, and knows nothing of the caller's labels. */
export const ambientSource: Check = {
  codes: ['TL019'],
  run(world, report) {
    for (const { resource, hosts, http } of world.virtualServices()) {
      const namespaces = [
        resource.namespace,
        ...hosts.flatMap(({ host }) => world.services().get(host)?.namespace ?? []),
      ]
      if (!namespaces.some((one) => isAmbient(namespaceLabels(world, one)))) continue
      for (const { matches } of http) {
        for (const match of matches) {
          for (const key of ['sourceLabels', 'sourceNamespace']) {
            if (!match.get(key).exists) continue
            report({
              code: 'TL019',
              at: match.get(key),
              key: true,
              message: `${key} is ignored in ambient mode: the rule holds for every caller. Match the lane's header instead`,
            })
          }
        }
      }
    }
  },
}
