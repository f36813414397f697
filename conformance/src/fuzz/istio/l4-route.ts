import type { Fields } from '../manifest.ts'
import type { KnownService, Names } from '../names.ts'
import { versions } from '../names.ts'
import type { Random } from '../random.ts'
import { destinations } from './http-route.ts'

export function tcpRoute(random: Random, names: Names, subject: KnownService | undefined): Fields {
  return {
    match: random.chance(0.7)
      ? [
          {
            port: random.chance(0.8) ? random.pick([5432, 80, 443, 27017, 31400, 9080]) : undefined,
            destinationSubnets: random.chance(0.15)
              ? [random.pick(['10.96.0.0/16', '10.7.0.1', '10.7.0.0/24'])]
              : undefined,
            sourceLabels: random.chance(0.1) ? { version: random.pick(versions) } : undefined,
            gateways: random.chance(0.15) ? [random.pick(['mesh', ...names.gateways])] : undefined,
          },
        ]
      : undefined,
    route: destinations(random, names, subject).map(({ destination: to, weight }) => ({
      destination: to,
      weight,
    })),
  }
}

export function tlsRoute(
  random: Random,
  names: Names,
  subject: KnownService | undefined,
  hosts: readonly string[],
): Fields {
  // A host of a service is written whole in sniHosts: Istio does not lengthen it.
  const exact = hosts.filter((host) => host.includes('.') && !host.endsWith('.svc'))
  return {
    match: [
      {
        port: random.chance(0.6) ? random.pick([443, 8443]) : undefined,
        sniHosts: exact.length > 0 ? [random.pick(exact)] : hosts.slice(0, 1),
      },
    ],
    route: destinations(random, names, subject).map(({ destination: to, weight }) => ({
      destination: to,
      weight,
    })),
  }
}
