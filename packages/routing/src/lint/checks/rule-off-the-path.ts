import type { Check } from '../check.ts'
import { Part } from '../part.ts'
import { groupBy } from '../world.ts'

/** DestinationRules are looked for beside the caller, beside the Service and in the root namespace only. */
export const ruleOffThePath: Check = {
  codes: ['TL026'],
  run(world, report) {
    const inhabited = groupBy(world.workloads(), ({ resource }) => resource.namespace)
    if (inhabited.size === 0) return
    for (const { resource, host } of world.destinationRules()) {
      const service = world.services().get(host)
      const { namespace } = resource
      if (service === undefined || namespace === service.namespace || namespace === 'istio-system')
        continue
      if (inhabited.has(namespace)) continue
      report({
        code: 'TL026',
        at: Part.of(resource).get('metadata', 'namespace'),
        message: `nobody sees this rule: Istio looks for rules about ${host} in the caller's namespace, in ${service.namespace} and in istio-system, and no workload is in ${namespace}. Move it to ${service.namespace}`,
      })
    }
  },
}
