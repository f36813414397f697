import type { Names } from './names.ts'
import { externalHosts, laneHeader, publicHosts } from './names.ts'
import type { Random } from './random.ts'
import type { Request } from './world.ts'

/** What a request needs to know of the world beside its names. */
export interface Callers {
  /** `deployment/namespace/name`, `pod/…` or `statefulset/…`. */
  readonly workloads: readonly string[]
  /** `gateway/namespace/name`, of either API, and the pod of all of Istio's. */
  readonly gateways: readonly Request['from'][]
}

export function requests(random: Random, names: Names, callers: Callers): Request[] {
  return Array.from({ length: random.int(6, 12) }, () =>
    callers.gateways.length > 0 && random.chance(0.4)
      ? gatewayRequest(random, callers)
      : sidecarRequest(random, names, callers),
  )
}

function sidecarRequest(random: Random, names: Names, { workloads }: Callers): Request {
  const from =
    workloads.length > 0 && random.chance(0.92)
      ? random.pick(workloads)
      : ({
          type: 'sidecar',
          namespace: random.pick(names.namespaces),
          name: 'elsewhere',
          labels: { app: 'elsewhere', version: 'release-v1' },
          ip: '10.6.0.1',
        } as const)
  const { host, port } = target(random, names)
  const scheme = port === 443 || port === 8443 ? random.pick(['http', 'https']) : 'http'
  return {
    from,
    method: random.weighted([
      [8, 'GET'],
      [2, 'POST'],
      [1, 'PUT'],
      [0.7, 'OPTIONS'],
    ]),
    url: `${scheme}://${host}:${port}${path(random)}`,
    headers: headers(random),
    ...(random.chance(0.06) ? { host: otherHost(random, names) } : {}),
    ...version(random),
    ...(random.chance(0.08) ? { address: dialled(random, names) } : {}),
  }
}

function otherHost(random: Random, names: Names): string {
  const { host, port } = target(random, names)
  return random.chance(0.3) ? `${host}:${port}` : host
}

/** An address, or a name of cluster DNS; also one that leads elsewhere than the URL says. */
function dialled(random: Random, names: Names): string {
  const { host } = target(random, names)
  return random.pick([
    host,
    host,
    '10.96.0.1',
    '10.96.0.2',
    '10.1.0.1',
    '10.1.0.3',
    '10.7.0.1',
    '10.7.1.9',
  ])
}

function version(random: Random): { readonly http?: '1.0' | '2' } {
  return random.weighted<{ readonly http?: '1.0' | '2' }>([
    [18, {}],
    [1, { http: '1.0' }],
    [1, { http: '2' }],
  ])
}

/** Mostly a port that the service has; a few unknown hosts and ports. */
function target(random: Random, names: Names): { host: string; port: number } {
  if (names.services.length === 0 || random.chance(0.12)) {
    const host = random.pick([...externalHosts, ...publicHosts, 'unknown.example.net'])
    return { host, port: random.pick([80, 80, 443, 8080, 5432, 9999]) }
  }
  const service = random.pick(names.services)
  const all = names.services.flatMap(({ ports }) => ports)
  const { number: port } = random.pick(random.chance(0.9) ? service.ports : all)
  const { name, namespace } = service
  const host = random.weighted([
    [3, name],
    [3, `${name}.${namespace}`],
    [2, `${name}.${namespace}.svc`],
    [4, `${name}.${namespace}.svc.cluster.local`],
    [0.5, `${name}.${namespace}.svc.cluster.local`.toUpperCase()],
    [0.3, `${name}.${namespace}.svc.cluster.local.`],
  ])
  return { host: random.chance(0.97) ? host : '10.96.0.1', port: random.chance(0.97) ? port : 9999 }
}

function gatewayRequest(random: Random, { gateways }: Callers): Request {
  const from = random.pick(gateways)
  const port = random.weighted([
    [6, 80],
    [2, 8080],
    [2, 443],
    [0.5, 31400],
  ])
  const host = random.pick([...publicHosts, 'api.example.com', 'unknown.example.net'])
  return {
    from,
    method: random.weighted([
      [8, 'GET'],
      [2, 'POST'],
      [0.7, 'OPTIONS'],
    ]),
    url: `${port === 443 ? 'https' : 'http'}://${host}:${port}${path(random)}`,
    headers: headers(random),
    ...version(random),
  }
}

function path(random: Random): string {
  return random.pick([
    '/',
    '/api',
    '/api/',
    '/api/v1',
    '/api/v1/items',
    '/apiary',
    '/health',
    '/API',
    '/api?q=1',
    '/api?q=&q=1',
    '/?q=12',
    '/shop.Reviews/List',
    '/a%20b',
    '//api',
    '/api/../health',
    '/api%2Fv1',
    '/api//v1',
    '/%61pi',
  ])
}

function headers(random: Random): Record<string, string | readonly string[]> {
  const lane = random.weighted<string | readonly string[] | undefined>([
    [4, undefined],
    [4, 'release-v1'],
    [2, 'release-v2'],
    [1, 'release-v9'],
    [1, 'release'],
    [0.5, ''],
    [0.5, 'xrelease-v1'],
    [0.5, ['x', 'release-v1']],
  ])
  return {
    ...(lane === undefined ? {} : { [laneHeader]: lane }),
    ...(random.chance(0.15) ? { 'end-user': random.pick(['release-v1', 'jason']) } : {}),
    ...(random.chance(0.1) ? { 'x-more': '1' } : {}),
    ...(random.chance(0.1) ? preflight(random) : {}),
  }
}

/** What a browser asks with before it sends a request of another origin; with OPTIONS it is a question. */
function preflight(random: Random): Record<string, string> {
  return {
    origin: random.pick(['https://example.com', 'https://other.example', 'http://example.com']),
    ...(random.chance(0.7) ? { 'access-control-request-method': 'GET' } : {}),
  }
}
