import type { Check } from '../check.ts'
import { Part } from '../part.ts'

/** apiVersions that are still served and no longer written. */
export const oldVersions: Check = {
  codes: ['TL038'],
  run(world, report) {
    for (const { group, kinds } of current) {
      for (const kind of kinds) {
        for (const resource of world.of(group, kind)) {
          if (resource.apiVersion === `${group}/v1` || !known.has(resource.apiVersion)) continue
          report({
            code: 'TL038',
            at: Part.of(resource).get('apiVersion'),
            message: `${kind} is ${group}/v1 now; ${resource.apiVersion} will go`,
          })
        }
      }
    }
  },
}

const current = [
  {
    group: 'networking.istio.io',
    kinds: [
      'DestinationRule',
      'Gateway',
      'ServiceEntry',
      'Sidecar',
      'VirtualService',
      'WorkloadEntry',
    ],
  },
  {
    group: 'gateway.networking.k8s.io',
    kinds: ['Gateway', 'GatewayClass', 'HTTPRoute', 'GRPCRoute'],
  },
] as const

/** Others are not served at all, which the readers report. */
const known: ReadonlySet<string> = new Set([
  'networking.istio.io/v1beta1',
  'networking.istio.io/v1alpha3',
  'gateway.networking.k8s.io/v1beta1',
  'gateway.networking.k8s.io/v1alpha2',
])
