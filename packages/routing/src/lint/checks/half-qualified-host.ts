import { serviceHost } from '../../mesh/host.ts'
import type { Check } from '../check.ts'
import type { ExampleRequest } from '../finding.ts'
import { laneMatchOf } from '../model/lane-match.ts'
import type { ServiceView } from '../model/service.ts'
import { meshTrials } from '../model/trial.ts'
import type { VirtualServiceView } from '../model/virtual-service.ts'
import type { Part } from '../part.ts'
import type { World } from '../world.ts'

/** Istio completes names without a dot only. */
export const halfQualifiedHost: Check = {
  codes: ['TL008'],
  run(world, report) {
    const check = (
      part: Part,
      what: string,
      exampleOf: (service: ServiceView) => ExampleRequest | null,
    ): void => {
      const full = completed(part.text ?? '')
      const service = full === null ? undefined : world.services().get(full)
      if (full === null || service === undefined) return
      report({
        code: 'TL008',
        at: part,
        message: `${what} ${JSON.stringify(part.text)} is not completed to ${full}, and ${consequence(what)}. Write ${full}`,
        request: exampleOf(service),
      })
    }
    for (const rule of world.virtualServices()) {
      for (const { part } of rule.hosts)
        check(part, 'host', (service) => withoutRule(world, service, rule.resource.id))
      for (const { destinations, matches } of rule.http) {
        for (const { part } of destinations)
          check(part, 'destination', () => withoutCluster(world, rule, matches[0]))
      }
    }
    for (const { spec } of world.destinationRules()) check(spec.get('host'), 'host', () => null)
  },
}

/** A request to the Service that the rule is meant for, which another decides. */
function withoutRule(world: World, service: ServiceView, rule: string): ExampleRequest | null {
  const [port] = service.ports
  return port === undefined
    ? null
    : world.examples.find(
        world.examples
          .callersOf(service)
          .map((from) => ({ from, url: `http://${service.host}:${port.port}/` })),
        ({ route }) => route?.origin?.resource !== rule,
      )
}

function withoutCluster(
  world: World,
  rule: VirtualServiceView,
  match: Part | undefined,
): ExampleRequest | null {
  const lane = match === undefined ? null : laneMatchOf(match, world.laneHeader)
  return world.examples.find(
    meshTrials(world, rule, match, lane?.value ?? null),
    ({ outcome }) => outcome.kind === 'respond' && outcome.flags.includes('NC'),
  )
}

function completed(host: string): string | null {
  const [name, namespace, svc, ...rest] = host.split('.')
  if (name === undefined || namespace === undefined || rest.length > 0) return null
  return svc === undefined || svc === 'svc' ? serviceHost(name, namespace) : null
}

function consequence(what: string): string {
  return what === 'host'
    ? 'so this rule holds for no Service'
    : 'there is no cluster of that name: 503 NC'
}
