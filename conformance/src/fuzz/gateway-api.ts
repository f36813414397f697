import type { Fields, Manifest } from './manifest.ts'
import type { Names } from './names.ts'
import {
  creationTimestamp,
  laneHeader,
  laneRegexes,
  laneValues,
  paths,
  publicHosts,
} from './names.ts'
import type { Random } from './random.ts'

const apiVersion = 'gateway.networking.k8s.io/v1'

/** A Gateway; Istio makes its proxy, and both judges do. */
export function kubernetesGateway(random: Random, namespace: string, name: string): Manifest[] {
  const listeners = [
    {
      name: 'http',
      port: 80,
      protocol: 'HTTP',
      hostname: random.weighted<string | undefined>([
        [4, undefined],
        [2, '*.example.com'],
        [1, random.pick(publicHosts)],
      ]),
      allowedRoutes: random.weighted<Fields | undefined>([
        [2, undefined],
        [5, { namespaces: { from: 'All' } }],
        [1, { namespaces: { from: 'Same' } }],
        [1, { namespaces: { from: 'Selector', selector: { matchLabels: { team: 'a' } } } }],
      ]),
    },
    ...(random.chance(0.25)
      ? [
          {
            name: 'alt',
            port: 8080,
            protocol: 'HTTP',
            allowedRoutes: { namespaces: { from: 'All' } },
          },
        ]
      : []),
    ...(random.chance(0.25)
      ? [
          {
            name: 'https',
            port: 443,
            protocol: 'HTTPS',
            hostname: random.chance(0.5) ? '*.example.com' : undefined,
            allowedRoutes: { namespaces: { from: 'All' } },
            tls: { certificateRefs: [{ name: 'certificate' }] },
          },
        ]
      : []),
  ]
  return [
    {
      apiVersion,
      kind: 'Gateway',
      metadata: { name, namespace },
      spec: { gatewayClassName: 'istio', listeners },
    },
  ]
}

/** An HTTPRoute or a GRPCRoute of a Gateway or of a Service, with a ReferenceGrant at times. */
export function route(
  random: Random,
  names: Names,
  gateways: readonly string[],
  index: number,
): Manifest[] {
  const kind = random.chance(0.88) ? 'HTTPRoute' : 'GRPCRoute'
  const namespace = random.pick(names.namespaces)
  const toGateway = gateways.length > 0 && random.chance(0.5)
  const rules = Array.from({ length: random.int(1, 3) }, () =>
    kind === 'HTTPRoute' ? httpRule(random, names, namespace) : grpcRule(random, names, namespace),
  )
  const made: Manifest[] = [
    {
      apiVersion,
      kind,
      metadata: { name: `route-${index}`, namespace, creationTimestamp: creationTimestamp(random) },
      spec: {
        parentRefs: parents(random, names, gateways, namespace, toGateway),
        hostnames:
          toGateway && random.chance(0.6)
            ? [random.pick([...publicHosts, '*.example.com'])]
            : undefined,
        rules,
      },
    },
  ]
  if (random.chance(0.3)) made.push(referenceGrant(random, names, namespace, index))
  return made
}

/** One, or at times one of either kind. */
function parents(
  random: Random,
  names: Names,
  gateways: readonly string[],
  namespace: string,
  toGateway: boolean,
): Fields[] {
  const isBoth = gateways.length > 0 && random.chance(0.08)
  return [
    ...(toGateway || isBoth ? [gatewayParent(random, gateways, namespace)] : []),
    ...(!toGateway || isBoth ? [serviceParent(random, names, namespace)] : []),
  ]
}

function gatewayParent(random: Random, gateways: readonly string[], namespace: string): Fields {
  const [home = '', name = ''] = random.pick(gateways).split('/')
  return {
    name,
    namespace: home === namespace ? undefined : home,
    sectionName: random.chance(0.12) ? random.pick(['http', 'alt', 'https']) : undefined,
    port: random.chance(0.08) ? random.pick([80, 8080, 443]) : undefined,
  }
}

function serviceParent(random: Random, names: Names, namespace: string): Fields {
  const service = random.pick(names.services)
  return {
    group: '',
    kind: 'Service',
    name: service.name,
    namespace: service.namespace === namespace ? undefined : service.namespace,
    port: random.chance(0.5) ? random.pick(service.ports).number : undefined,
  }
}

function httpRule(random: Random, names: Names, namespace: string): Fields {
  const filters = random.chance(0.25) ? [filter(random, names, namespace)] : undefined
  const redirects = filters?.[0]?.['type'] === 'RequestRedirect'
  const isPrefixed = random.chance(0.08)
  if (isPrefixed) return prefixRule(random, names, namespace)
  return {
    name: random.chance(0.1) ? 'rule' : undefined,
    matches: random.chance(0.75)
      ? Array.from(
          {
            length: random.weighted([
              [4, 1],
              [1, 2],
            ] as const),
          },
          () => httpMatch(random),
        )
      : undefined,
    filters,
    backendRefs: redirects ? undefined : backendRefs(random, names, namespace),
    timeouts: random.chance(0.12)
      ? random.pick<Fields>([
          { request: '2s' },
          { request: '500ms' },
          { request: '0s' },
          { backendRequest: '1s' },
          { request: '2s', backendRequest: '1s' },
        ])
      : undefined,
    retry: random.chance(0.06)
      ? random.pick<Fields>([{ attempts: 3 }, { codes: [503], attempts: 1 }, { backoff: '100ms' }])
      : undefined,
  }
}

/** What takes the place of a prefix needs a match for it. */
function prefixRule(random: Random, names: Names, namespace: string): Fields {
  const path = {
    type: 'ReplacePrefixMatch',
    replacePrefixMatch: random.pick(['/', '/new', '/new/']),
  }
  const isRedirect = random.chance(0.4)
  return {
    matches: [{ path: { type: 'PathPrefix', value: random.pick(['/', '/api', '/api/v1']) } }],
    filters: [
      isRedirect
        ? { type: 'RequestRedirect', requestRedirect: { path, statusCode: 301 } }
        : { type: 'URLRewrite', urlRewrite: { path } },
    ],
    backendRefs: isRedirect ? undefined : backendRefs(random, names, namespace),
  }
}

function httpMatch(random: Random): Fields {
  const path = random.weighted<Fields | undefined>([
    [4, undefined],
    [3, { type: 'PathPrefix', value: random.pick(['/', '/api', '/api/v1', '/health']) }],
    [2, { type: 'Exact', value: random.pick(paths.filter((value) => !value.includes(' '))) }],
    [1, { type: 'RegularExpression', value: '/api/v[0-9]+' }],
  ])
  const headers = random.chance(0.6) ? [laneMatch(random)] : undefined
  return {
    path,
    headers,
    queryParams: random.chance(0.1) ? [{ name: 'q', value: '1' }] : undefined,
    method: random.chance(0.1) ? random.pick(['GET', 'POST']) : undefined,
  }
}

function laneMatch(random: Random): Fields {
  return random.chance(0.85)
    ? { name: laneHeader, value: random.pick(laneValues.slice(0, 4)) }
    : { name: laneHeader, type: 'RegularExpression', value: random.pick(laneRegexes) }
}

function filter(random: Random, names: Names, namespace: string): Fields {
  const backend = backendRef(random, names, namespace)
  return random.weighted<Fields>([
    [
      3,
      {
        type: 'RequestHeaderModifier',
        requestHeaderModifier: {
          set: [{ name: laneHeader, value: 'release-v1' }],
          remove: random.chance(0.4) ? ['x-gone'] : undefined,
        },
      },
    ],
    [
      1,
      {
        type: 'ResponseHeaderModifier',
        responseHeaderModifier: { add: [{ name: 'x-answer', value: 'c' }] },
      },
    ],
    [
      2,
      {
        type: 'RequestRedirect',
        requestRedirect: {
          hostname: random.chance(0.5) ? 'new.example.com' : undefined,
          statusCode: random.pick([301, 302]),
          port: random.chance(0.2) ? 8443 : undefined,
          scheme: random.chance(0.3) ? 'https' : undefined,
          path: random.chance(0.4)
            ? { type: 'ReplaceFullPath', replaceFullPath: '/moved' }
            : undefined,
        },
      },
    ],
    [
      2,
      {
        type: 'URLRewrite',
        urlRewrite: {
          hostname: random.chance(0.3) ? 'rewritten.example.com' : undefined,
          path: { type: 'ReplaceFullPath', replaceFullPath: '/new' },
        },
      },
    ],
    [
      1,
      {
        type: 'RequestMirror',
        requestMirror: { backendRef: backend, percent: random.chance(0.3) ? 50 : undefined },
      },
    ],
    [
      1,
      {
        type: 'CORS',
        cors: { allowOrigins: ['https://example.com'], allowMethods: ['GET'], maxAge: 60 },
      },
    ],
  ])
}

function grpcRule(random: Random, names: Names, namespace: string): Fields {
  return {
    matches: random.chance(0.7)
      ? [
          {
            method: random.weighted<Fields | undefined>([
              [2, undefined],
              [2, { service: 'shop.Reviews', method: 'List' }],
              [1, { service: 'shop.Reviews' }],
              [1, { type: 'RegularExpression', service: 'shop[.].*', method: 'L.*' }],
            ]),
            headers: random.chance(0.5) ? [laneMatch(random)] : undefined,
          },
        ]
      : undefined,
    backendRefs: backendRefs(random, names, namespace),
  }
}

function backendRefs(random: Random, names: Names, namespace: string): Fields[] {
  const count = random.weighted([
    [6, 1],
    [2, 2],
    [0.5, 0],
  ] as const)
  return Array.from({ length: count }, (_, index) => ({
    ...backendRef(random, names, namespace),
    weight: count === 1 ? undefined : index === 0 ? random.pick([0, 1, 9]) : 1,
    filters: random.chance(0.06)
      ? [
          {
            type: 'RequestHeaderModifier',
            requestHeaderModifier: { add: [{ name: 'x-add', value: 'b' }] },
          },
        ]
      : undefined,
  }))
}

function backendRef(random: Random, names: Names, namespace: string): Fields {
  if (random.chance(0.06)) return { name: 'nobody', port: 80 }
  const near = names.services.filter((service) => service.namespace === namespace)
  const service = random.pick(near.length > 0 && random.chance(0.75) ? near : names.services)
  return {
    name: service.name,
    namespace: service.namespace === namespace ? undefined : service.namespace,
    port: random.chance(0.93) ? random.pick(service.ports).number : 9999,
  }
}

function referenceGrant(random: Random, names: Names, from: string, index: number): Manifest {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1beta1',
    kind: 'ReferenceGrant',
    metadata: { name: `grant-${index}`, namespace: random.pick(names.namespaces) },
    spec: {
      from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: from }],
      to: [{ group: '', kind: 'Service', name: random.chance(0.3) ? 'reviews' : undefined }],
    },
  }
}
