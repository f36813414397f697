import type { Check } from '../../check.ts'
import { Part } from '../../part.ts'

/** What a controller wrote into `status`, as `kubectl get -o yaml` brings it along. */
export const negativeConditions: Check = {
  codes: ['IST0171'],
  run(world, report) {
    for (const { group, kind, types, perParent } of watched) {
      for (const resource of world.of(group, kind)) {
        const status = Part.of(resource).get('status')
        const lists = perParent ? status.get('parents').list() : [status]
        for (const condition of lists.flatMap((one) => one.get('conditions').list())) {
          const type = condition.get('type').text ?? ''
          if (condition.get('status').value !== 'False' || !types.includes(type)) continue
          const why = [condition.get('reason').text, condition.get('message').text].filter(Boolean)
          report({
            code: 'IST0171',
            at: condition,
            message: `its controller says ${type}: False (${why.join(': ')}); mend the cause, or remove status from the manifest`,
          })
        }
      }
    }
  },
}

const bound = { types: ['istio.io/WaypointBound'], perParent: false }
const attached = ['Accepted', 'Programmed', 'ResolvedRefs']
const gatewayApi = 'gateway.networking.k8s.io'

const watched = [
  { group: '', kind: 'Service', ...bound },
  { group: 'networking.istio.io', kind: 'ServiceEntry', ...bound },
  { group: 'networking.istio.io', kind: 'WorkloadEntry', ...bound },
  { group: gatewayApi, kind: 'Gateway', types: attached, perParent: false },
  { group: gatewayApi, kind: 'HTTPRoute', types: attached, perParent: true },
  { group: gatewayApi, kind: 'GRPCRoute', types: attached, perParent: true },
] as const
