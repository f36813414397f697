import type { Check } from '../../check.ts'
import { push } from '../../world.ts'

/** A route at a gateway without a subset does not pass through the rules that sidecars have for the host. */
export const rulesAtTheGateway: Check = {
  codes: ['IST0140'],
  run(world, report) {
    const withSubset = new Map<string, Set<string>>()
    const lists = new Map<string, string[]>()
    for (const { resource, hosts, http } of world.virtualServices()) {
      const own = new Set(hosts.map(({ written }) => written))
      for (const { destinations } of http) {
        for (const { subset, written } of destinations) {
          if (subset !== null && own.has(written))
            push(lists, written, `${resource.namespace}/${resource.name}`)
        }
      }
    }
    for (const [host, names] of lists) withSubset.set(host, new Set(names))
    for (const { spec, http } of world.virtualServices()) {
      if (spec.get('gateways').list().length === 0) continue
      for (const { destinations } of http) {
        for (const { subset, written, destination } of destinations) {
          if (subset !== null) continue
          for (const name of withSubset.get(written) ?? []) {
            report({
              code: 'IST0140',
              at: destination,
              message: `the subsets of VirtualService ${name} do not hold for what comes through this gateway: name a subset of ${written} here`,
            })
          }
        }
      }
    }
  },
}
