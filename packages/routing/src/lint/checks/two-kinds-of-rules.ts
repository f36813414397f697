import type { Check } from '../check.ts'
import { trialsTo } from '../model/trial.ts'

/** Where an HTTPRoute is attached to a Service, the VirtualServices for it hold no longer. */
export const twoKindsOfRules: Check = {
  codes: ['TL014'],
  run(world, report) {
    for (const { resource, services } of world.httpRoutes()) {
      for (const { host, port, part } of services) {
        const service = world.services().get(host)
        const ports = service?.ports.map((one) => one.port) ?? []
        const rules = (world.virtualServicesByHost().get(host) ?? []).filter(({ gateways }) =>
          gateways.includes('mesh'),
        )
        for (const rule of rules) {
          report({
            code: 'TL014',
            at: part,
            message: `${rule.resource.id} has rules for ${host} too, and the two do not add up: ${resource.kind} and VirtualService take each other's place. Move all rules of the Service into one kind`,
            request: world.examples.find(
              service === undefined
                ? []
                : trialsTo(world, { service, port: port ?? ports[0] ?? 80 }, undefined, null),
              ({ route }) => route?.origin?.resource === resource.id,
            ),
          })
        }
      }
    }
  },
}
