import type { Check } from '../check.ts'
import type { Trial } from '../examples.ts'
import type { GatewayView } from '../model/gateway.ts'
import { exactLanesOf } from '../model/lane-match.ts'
import { isBaselineRule, isLaneRule } from '../model/lane-rule.ts'
import type { VirtualServiceView } from '../model/virtual-service.ts'

/** Whoever can reach a public gateway can choose a lane, and so run the code of any branch. */
export const publicLaneHeader: Check = {
  codes: ['TL035'],
  run(world, report) {
    for (const { spec, hosts, gateways, http } of world.virtualServices()) {
      const entry = gateways
        .flatMap((id) => world.gateways().get(id) ?? [])
        .find(({ servers }) => servers.some(({ protocol }) => protocol === 'HTTPS'))
      const lane = http.find((rule) => isLaneRule(rule, world.laneHeader))
      if (entry === undefined || lane === undefined) continue
      const removes = http
        .filter((rule) => isBaselineRule(rule, world.laneHeader))
        .some(({ part }) =>
          part
            .get('headers', 'request', 'remove')
            .texts()
            .some((name) => name.toLowerCase() === world.laneHeader),
        )
      if (removes) continue
      report({
        code: 'TL035',
        at: spec.get('gateways'),
        key: true,
        message: `Gateway ${entry.id} ends TLS, and everybody who reaches it chooses a lane by ${world.laneHeader}. If it is public, set the lane by host there and take the header off (\`headers.request.remove\`) in the rule of the public host`,
        request: world.examples.find(
          trialsAt(entry, hosts, exactLanesOf(lane, world.laneHeader)),
          ({ outcome }) =>
            lane.destinations.some(
              ({ subset }) => outcome.kind === 'forward' && outcome.subset === subset,
            ),
        ),
      })
    }
  },
}

/** What a client of the gateway may ask of each host of the rule. */
function trialsAt(
  { id, servers }: GatewayView,
  hosts: VirtualServiceView['hosts'],
  lanes: readonly string[],
): Trial[] {
  const ports = servers.flatMap(({ protocol, port }) => (protocol === 'HTTPS' ? [port] : []))
  return ports.flatMap((port) =>
    hosts
      .filter(({ host }) => !host.includes('*'))
      .flatMap(({ host }) =>
        lanes.map((lane) => ({ from: `gateway/${id}`, url: `https://${host}:${port}/`, lane })),
      ),
  )
}
