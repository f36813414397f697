import type { Fields, Manifest } from '../manifest.ts'
import type { KnownService, Names } from '../names.ts'
import { creationTimestamp, exportTo, hostForm, publicHosts } from '../names.ts'
import type { Random } from '../random.ts'
import { headerOperations, httpRoute } from './http-route.ts'
import { httpMatch } from './http-match.ts'
import { tcpRoute, tlsRoute } from './l4-route.ts'

const istioVersions = [
  'networking.istio.io/v1',
  'networking.istio.io/v1beta1',
  'networking.istio.io/v1alpha3',
]

/** A VirtualService; with those that it delegates to. */
export function virtualService(random: Random, names: Names, index: number): Manifest[] {
  const namespace = random.pick(names.namespaces)
  const gateways = someGateways(random, names)
  const subject = random.chance(0.8) ? random.pick(names.services) : undefined
  const hosts = someHosts(random, names, gateways, subject)
  const delegates: Manifest[] = []
  const http: Fields[] = Array.from({ length: random.int(1, 4) }, () =>
    httpRoute(random, names, subject),
  )
  if (random.chance(0.1)) {
    const delegate = delegateOf(random, names, subject, index)
    delegates.push(delegate)
    http.unshift({
      name: 'delegated',
      match: random.chance(0.6) ? [httpMatch(random, names)] : undefined,
      headers: random.chance(0.3) ? headerOperations(random) : undefined,
      delegate: {
        name: delegate.metadata.name,
        namespace:
          delegate.metadata.namespace === namespace
            ? undefined
            : (delegate.metadata.namespace ?? ''),
      },
    })
  }
  const kind = random.weighted([
    [16, 'http'],
    [2, 'tcp'],
    [2, 'tls'],
    [1, 'all'],
  ] as const)
  const spec = {
    hosts,
    gateways,
    exportTo: exportTo(random, names, namespace),
    http: kind === 'http' || kind === 'all' ? http : undefined,
    tcp: kind === 'tcp' || kind === 'all' ? [tcpRoute(random, names, subject)] : undefined,
    tls: kind === 'tls' || kind === 'all' ? [tlsRoute(random, names, subject, hosts)] : undefined,
  }
  const metadata = {
    name: `vs-${index}`,
    namespace,
    creationTimestamp: creationTimestamp(random),
  }
  const apiVersion = random.pick(istioVersions)
  return [{ apiVersion, kind: 'VirtualService', metadata, spec }, ...(spec.http ? delegates : [])]
}

function someGateways(random: Random, names: Names): string[] | undefined {
  if (names.gateways.length === 0) return random.chance(0.2) ? ['mesh'] : undefined
  const gateway = random.pick(names.gateways)
  return random.weighted<string[] | undefined>([
    [6, undefined],
    [1, ['mesh']],
    [4, [gateway]],
    [2, ['mesh', gateway]],
    [1, [gateway.slice(gateway.indexOf('/') + 1)]],
  ])
}

function someHosts(
  random: Random,
  names: Names,
  gateways: readonly string[] | undefined,
  subject: KnownService | undefined,
): string[] {
  const inMesh = gateways === undefined || gateways.includes('mesh')
  const hosts = new Set<string>()
  for (
    let wanted = random.weighted([
      [5, 1],
      [2, 2],
      [1, 3],
    ] as const);
    wanted > 0;
    wanted--
  ) {
    if (inMesh && names.services.length > 0 && random.chance(0.8)) {
      hosts.add(hostForm(random, subject ?? random.pick(names.services)))
    } else {
      hosts.add(
        random.weighted([
          [4, random.pick(publicHosts)],
          [2, random.pick(names.external)],
          [1, '*.example.com'],
          [1, '*.shop.example.com'],
          [1, '*'],
        ]),
      )
    }
  }
  // Istio refuses "*" for the mesh, and hosts of which one covers another.
  const allowed: string[] = []
  for (const wanted of hosts) {
    const host = inMesh && wanted === '*' ? '*.example.com' : wanted
    if (!allowed.some((other) => covers(other, host) || covers(host, other))) allowed.push(host)
  }
  return allowed
}

function covers(one: string, other: string): boolean {
  return one.startsWith('*') && other.endsWith(one.slice(1))
}

function delegateOf(
  random: Random,
  names: Names,
  subject: KnownService | undefined,
  index: number,
): Manifest {
  const namespace = random.pick(names.namespaces)
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: `delegate-${index}`, namespace },
    spec: {
      exportTo: exportTo(random, names, namespace),
      http: Array.from({ length: random.int(1, 3) }, () => httpRoute(random, names, subject)),
    },
  }
}
