import type { Fields, Manifest } from './manifest.ts'
import type { KnownService, Names } from './names.ts'
import {
  creationTimestamp,
  destination,
  exportTo,
  hostForm,
  laneHeader,
  laneRegexes,
  laneValues,
  pathRegexes,
  paths,
  publicHosts,
  versions,
} from './names.ts'
import type { Random } from './random.ts'

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

function httpRoute(random: Random, names: Names, subject: KnownService | undefined): Fields {
  const match = random.chance(0.7)
    ? Array.from(
        {
          length: random.weighted([
            [4, 1],
            [1, 2],
          ] as const),
        },
        () => httpMatch(random, names),
      )
    : undefined
  return {
    name: random.chance(0.15) ? random.pick(['lane', 'base', 'old']) : undefined,
    match,
    headers: random.chance(0.3) ? headerOperations(random) : undefined,
    ...action(random, names, subject),
  }
}

/** Where the request goes: mostly to a service. What else a route says goes with that only. */
function action(random: Random, names: Names, subject: KnownService | undefined): Fields {
  return random.weighted<() => Fields>([
    [
      14,
      () => ({ route: destinations(random, names, subject), ...extras(random, names, subject) }),
    ],
    [1, () => ({ redirect: redirect(random) })],
    [
      1,
      () => ({
        directResponse: {
          status: random.pick([200, 403, 503]),
          body: random.chance(0.5) ? { string: 'stop' } : undefined,
        },
      }),
    ],
  ])()
}

function redirect(random: Random): Fields {
  return {
    ...random.weighted<Fields>([
      [2, { uri: random.pick(['/moved', '/', '%PREFIX()%/moved']) }],
      [1, { authority: 'new.example.com' }],
      [1, { uri: '/moved', authority: 'new.example.com:8443' }],
    ]),
    scheme: random.chance(0.3) ? random.pick(['https', 'http']) : undefined,
    redirectCode: random.chance(0.4) ? random.pick([301, 302, 303, 307, 308]) : undefined,
    ...random.weighted<Fields>([
      [6, {}],
      [1, { port: 8443 }],
      [1, { derivePort: 'FROM_PROTOCOL_DEFAULT' }],
      [1, { derivePort: 'FROM_REQUEST_PORT' }],
    ]),
  }
}

function destinations(random: Random, names: Names, subject: KnownService | undefined): Fields[] {
  const count = random.weighted([
    [6, 1],
    [2, 2],
  ] as const)
  return Array.from({ length: count }, (_, index) => ({
    destination: destination(random, names, subject),
    weight:
      count === 1 ? undefined : index === 0 ? random.pick([0, 50, 100]) : random.pick([10, 50]),
    headers: random.chance(0.1) ? headerOperations(random) : undefined,
  }))
}

function extras(random: Random, names: Names, subject: KnownService | undefined): Fields {
  return {
    rewrite: random.chance(0.2) ? rewrite(random) : undefined,
    timeout: random.chance(0.2) ? random.pick(['2s', '500ms', '1m']) : undefined,
    retries: random.chance(0.12) ? retries(random) : undefined,
    fault: random.chance(0.1) ? fault(random) : undefined,
    ...mirroring(random, names, subject),
    corsPolicy: random.chance(0.05) ? cors(random) : undefined,
  }
}

function mirroring(random: Random, names: Names, subject: KnownService | undefined): Fields {
  if (random.chance(0.03)) {
    return {
      mirrors: [
        { destination: destination(random, names, subject) },
        { destination: destination(random, names, subject), percentage: { value: 50 } },
      ],
    }
  }
  return {
    mirror: random.chance(0.12) ? destination(random, names, subject) : undefined,
    mirrorPercentage: random.chance(0.02) ? { value: random.pick([0, 10, 100]) } : undefined,
  }
}

function cors(random: Random): Fields {
  return {
    allowOrigins: [random.pick<Fields>([{ exact: 'https://example.com' }, { prefix: 'https://' }])],
    allowMethods: ['GET'],
    allowHeaders: [laneHeader],
    allowCredentials: random.chance(0.3) ? true : undefined,
  }
}

function rewrite(random: Random): Fields {
  return random.weighted<Fields>([
    [3, { uri: random.pick(['/', '/new', '/new/']) }],
    [2, { authority: 'rewritten.example.com' }],
    [1, { uri: '/new', authority: 'rewritten.example.com' }],
    [1, { uriRegexRewrite: { match: '/api/(v[0-9]+)(.*)', rewrite: String.raw`/\1/api\2` } }],
  ])
}

function retries(random: Random): Fields {
  return random.weighted<Fields>([
    [2, { attempts: 3 }],
    [1, { attempts: 0 }],
    [1, { attempts: 2, perTryTimeout: '1s', retryOn: 'connect-failure,503,gateway-error' }],
    [1, { attempts: 1, retryOn: '5xx', retryRemoteLocalities: true }],
  ])
}

function fault(random: Random): Fields {
  return random.weighted<Fields>([
    [2, { abort: { httpStatus: random.pick([418, 500]), percentage: { value: 100 } } }],
    [1, { abort: { httpStatus: 500, percentage: { value: 0 } } }],
    [1, { delay: { fixedDelay: '1s', percentage: { value: 100 } } }],
  ])
}

function headerOperations(random: Random): Fields {
  return {
    request: random.chance(0.7)
      ? {
          set: random.chance(0.5)
            ? {
                [random.pick([laneHeader, 'x-set'])]: random.pick(['a', 'release-v1']),
              }
            : undefined,
          add: random.chance(0.4) ? { 'x-add': 'b' } : undefined,
          remove: random.chance(0.3) ? [random.pick(['x-gone', laneHeader])] : undefined,
        }
      : undefined,
    response: random.chance(0.4)
      ? { set: { 'x-answer': 'c' }, remove: random.chance(0.4) ? ['server'] : undefined }
      : undefined,
  }
}

function httpMatch(random: Random, names: Names): Fields {
  const service = names.services.length > 0 ? random.pick(names.services) : undefined
  return {
    name: random.chance(0.06) ? 'm' : undefined,
    uri: random.chance(0.5) ? pathMatch(random) : undefined,
    ignoreUriCase: random.chance(0.06) ? true : undefined,
    headers: random.chance(0.55) ? headerMatches(random) : undefined,
    withoutHeaders: random.chance(0.07) ? headerMatches(random) : undefined,
    queryParams: random.chance(0.08)
      ? {
          q: random.pick<Fields>([
            { exact: '1' },
            { exact: '' },
            { prefix: '1' },
            { regex: '[0-9]+' },
            {},
          ]),
        }
      : undefined,
    method: random.chance(0.08)
      ? random.pick<Fields>([{ exact: 'GET' }, { regex: 'P.*' }])
      : undefined,
    authority: random.chance(0.06)
      ? random.pick<Fields>([
          { prefix: 'reviews' },
          { exact: 'shop.example.com' },
          { regex: '.*example.*' },
        ])
      : undefined,
    scheme: random.chance(0.03)
      ? random.pick<Fields>([{ exact: 'http' }, { exact: 'https' }])
      : undefined,
    port: random.chance(0.1) ? random.pick([80, 8080, 9080, 443]) : undefined,
    sourceLabels: random.chance(0.08) ? { version: random.pick(versions) } : undefined,
    sourceNamespace: random.chance(0.05) ? random.pick(names.namespaces) : undefined,
    gateways:
      random.chance(0.08) && service ? [random.pick(['mesh', ...names.gateways])] : undefined,
  }
}

function pathMatch(random: Random): Fields {
  return random.weighted<() => Fields>([
    [4, () => ({ prefix: random.pick(paths) })],
    [3, () => ({ exact: random.pick(paths) })],
    [2, () => ({ regex: random.pick(pathRegexes) })],
  ])()
}

function headerMatches(random: Random): Fields {
  const lane = random.weighted<() => Fields>([
    [8, () => ({ exact: random.pick(laneValues.slice(0, 4)) })],
    [2, () => ({ prefix: 'release-v' })],
    [2, () => ({ regex: random.pick(laneRegexes) })],
    [1, () => ({})],
  ])()
  const name = random.weighted([
    [12, laneHeader],
    [1, 'Project-Version'],
    [2, 'end-user'],
  ])
  return random.chance(0.1) ? { [name]: lane, 'x-more': { exact: '1' } } : { [name]: lane }
}

function tcpRoute(random: Random, names: Names, subject: KnownService | undefined): Fields {
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

function tlsRoute(
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
