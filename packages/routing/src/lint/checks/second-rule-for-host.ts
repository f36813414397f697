import { compareAge } from '../../mesh/age.ts'
import type { Check } from '../check.ts'
import { trialsTo } from '../model/trial.ts'
import { exactLanesOf } from '../model/lane-match.ts'
import type { VirtualServiceView } from '../model/virtual-service.ts'

/** On sidecars the oldest VirtualService of a host wins outright; only gateways merge them. */
export const secondRuleForHost: Check = {
  codes: ['TL007'],
  run(world, report) {
    for (const [host, rules] of world.virtualServicesByHost()) {
      const mesh = rules.filter(
        ({ gateways, spec }) => gateways.includes('mesh') && isForAll(spec.get('exportTo').texts()),
      )
      const [winner, ...losers] = mesh.toSorted((a, b) => compareAge(aged(a), aged(b)))
      if (winner === undefined) continue
      const service = world.services().get(host)
      for (const loser of losers) {
        const entry = loser.hosts.find((one) => one.host === host)
        const lanes = loser.http.flatMap((one) => exactLanesOf(one, world.laneHeader))
        const port = service?.ports[0]?.port
        const trials =
          service === undefined || port === undefined
            ? []
            : lanes.flatMap((lane) => trialsTo(world, { service, port }, undefined, lane))
        report({
          code: 'TL007',
          at: entry?.part ?? loser.spec.get('hosts'),
          message: `no sidecar uses this rule for ${host}: ${winner.resource.id} is ${why(winner, loser)}, and the first wins. Put both into one VirtualService`,
          request: world.examples.find(
            trials,
            ({ route }) => route?.origin?.resource === winner.resource.id,
          ),
        })
      }
    }
  },
}

function isForAll(exportTo: readonly string[]): boolean {
  return exportTo.length === 0 || exportTo.includes('*')
}

function aged({ resource }: VirtualServiceView) {
  const time = Date.parse(resource.creationTimestamp ?? '')
  return {
    name: resource.name,
    namespace: resource.namespace,
    createdAt: Number.isNaN(time) ? -Infinity : time,
  }
}

function why(winner: VirtualServiceView, loser: VirtualServiceView): string {
  return aged(winner).createdAt === aged(loser).createdAt
    ? 'before it by name (neither has a creationTimestamp that is older)'
    : `older (${winner.resource.creationTimestamp ?? 'no creationTimestamp'})`
}
