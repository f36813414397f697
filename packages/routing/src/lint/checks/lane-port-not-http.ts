import { isHttp } from '../../mesh/protocol.ts'
import type { Check } from '../check.ts'
import { trialsTo } from '../model/trial.ts'

/** Rules about headers hold for HTTP: a port that is declared something else is carried as bytes. */
export const lanePortNotHttp: Check = {
  codes: ['TL015'],
  run(world, report) {
    for (const [host, { lane, rule }] of world.laneHosts()) {
      const service = world.services().get(host)
      if (service === undefined) continue
      const named = new Set(rule.destinations.flatMap(({ port }) => port ?? []))
      for (const { port, protocol, part } of service.ports) {
        if (isHttp(protocol) || protocol === 'auto') continue
        if (named.size > 0 && !named.has(port)) continue
        report({
          code: 'TL015',
          at: part,
          message: `port ${port} is declared ${protocol}, and ${service.name} has lanes: the sidecar carries bytes to any version and reads no header. Declare \`appProtocol: http\` (or http2, grpc)`,
          request: world.examples.find(
            trialsTo(world, { service, port }, undefined, lane),
            ({ outcome }) => outcome.kind === 'tcp',
          ),
        })
      }
    }
  },
}
