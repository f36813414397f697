import type { Fields, Manifest } from './manifest.ts'
import type { Names } from './names.ts'
import {
  creationTimestamp,
  exportTo,
  externalHosts,
  hostForm,
  publicHosts,
  rootNamespace,
  versions,
} from './names.ts'
import type { Random } from './random.ts'

const apiVersion = 'networking.istio.io/v1'

/** A DestinationRule: in the service's namespace, the client's or the root, whole, shadowing or broken. */
export function destinationRule(random: Random, names: Names, index: number): Manifest {
  const namespace = random.chance(0.1) ? rootNamespace : random.pick(names.namespaces)
  const subject =
    names.services.length > 0 && random.chance(0.9) ? random.pick(names.services) : null
  const host =
    subject === null ? random.pick([...names.external, '*.example.com']) : hostForm(random, subject)
  // Istio lets one that selects workloads be seen in its own namespace only.
  const selector = random.chance(0.06)
    ? { matchLabels: { version: random.pick(versions) } }
    : undefined
  const subsets = random
    .some([...(subject?.versions ?? versions), 'nothing'], random.chance(0.8) ? 2 : 0, 4)
    .map((name) => ({
      name,
      labels:
        name === 'nothing'
          ? { version: 'nobody' }
          : random.chance(0.9)
            ? { version: name }
            : undefined,
      trafficPolicy: random.chance(0.1) ? policy(random) : undefined,
    }))
  return {
    apiVersion,
    kind: 'DestinationRule',
    metadata: { name: `dr-${index}`, namespace, creationTimestamp: creationTimestamp(random) },
    spec: {
      host,
      exportTo: selector === undefined ? exportTo(random, names, namespace) : undefined,
      subsets: subsets.length > 0 ? subsets : undefined,
      trafficPolicy: random.chance(0.25) ? policy(random) : undefined,
      workloadSelector: selector,
    },
  }
}

function policy(random: Random): Fields {
  return random.pick<Fields>([
    { loadBalancer: { simple: 'ROUND_ROBIN' } },
    { connectionPool: { http: { http1MaxPendingRequests: 1 } } },
    { outlierDetection: { consecutive5xxErrors: 5 } },
    { tls: { mode: 'ISTIO_MUTUAL' } },
    { tls: { mode: 'DISABLE' } },
  ])
}

export function gateway(random: Random, namespace: string, name: string): Manifest {
  const servers = random.some(serverShapes, 1, 2).map((shape) => shape(random, namespace))
  return {
    apiVersion,
    kind: 'Gateway',
    metadata: { name, namespace, creationTimestamp: creationTimestamp(random) },
    spec: { selector: { istio: 'ingressgateway' }, servers },
  }
}

const serverShapes: readonly ((random: Random, namespace: string) => Fields)[] = [
  (random, namespace) => ({
    port: { number: 80, name: 'http', protocol: 'HTTP' },
    hosts: serverHosts(random, namespace),
  }),
  (random, namespace) => ({
    port: { number: 8080, name: 'http-alt', protocol: random.pick(['HTTP', 'HTTP2']) },
    hosts: serverHosts(random, namespace),
  }),
  (random, namespace) => ({
    port: { number: 443, name: 'https', protocol: 'HTTPS' },
    hosts: serverHosts(random, namespace),
    tls: { mode: 'SIMPLE', credentialName: 'certificate' },
  }),
  (random, namespace) => ({
    port: { number: 80, name: 'http-redirect', protocol: 'HTTP' },
    hosts: serverHosts(random, namespace),
    tls: { httpsRedirect: true },
  }),
  (random) => ({
    port: { number: 443, name: 'tls', protocol: 'TLS' },
    hosts: [random.pick([...publicHosts, '*.example.com'])],
    tls: { mode: 'PASSTHROUGH' },
  }),
  () => ({ port: { number: 31400, name: 'tcp', protocol: 'TCP' }, hosts: ['*'] }),
]

function serverHosts(random: Random, namespace: string): string[] {
  const host = random.weighted([
    [5, '*'],
    [4, random.pick(publicHosts)],
    [2, '*.example.com'],
    [1, `${namespace}/shop.example.com`],
    [1, './*'],
    [1, '*/shop.example.com'],
  ])
  return random.chance(0.2) ? [...new Set([host, 'shop.example.net'])] : [host]
}

export function sidecar(random: Random, names: Names, index: number): Manifest {
  const namespace = random.chance(0.15) ? rootNamespace : random.pick(names.namespaces)
  const selected = namespace !== rootNamespace && random.chance(0.3)
  // Istio wants the listener without a port to be the last.
  const last = egressListener(random, names, random.chance(0.2))
  const egress = random.weighted<() => Fields[] | undefined>([
    [selected ? 1 : 0, () => undefined],
    [7, () => [last]],
    [2, () => [egressListener(random, names, true), egressListener(random, names, false)]],
  ])()
  return {
    apiVersion,
    kind: 'Sidecar',
    metadata: {
      // One without a selector in a namespace is called default by custom; several are allowed.
      name: `sidecar-${index}`,
      namespace,
      creationTimestamp: creationTimestamp(random),
    },
    spec: {
      workloadSelector: selected ? { labels: { version: random.pick(versions) } } : undefined,
      egress,
      outboundTrafficPolicy:
        egress === undefined || random.chance(0.2)
          ? { mode: random.pick(['REGISTRY_ONLY', 'ALLOW_ANY']) }
          : undefined,
    },
  }
}

function egressListener(random: Random, names: Names, ported: boolean): Fields {
  const namespace = random.pick(names.namespaces)
  const service = names.services.length > 0 ? random.pick(names.services) : undefined
  const host = random.weighted([
    [4, './*'],
    [3, '*/*'],
    [3, `${namespace}/*`],
    [
      2,
      service
        ? `${service.namespace}/${service.name}.${service.namespace}.svc.cluster.local`
        : '*/*',
    ],
    [1, '*/api.example.com'],
    [0.5, '~/*'],
    [0.5, `*/*.${namespace}.svc.cluster.local`],
  ])
  const hosts = host === '~/*' || random.chance(0.6) ? [host] : [host, `${namespace}/*`]
  return {
    port: ported
      ? {
          number: random.pick([80, 9080, 8080]),
          protocol: random.pick(['HTTP', 'HTTP', 'TCP']),
          name: 'egress',
        }
      : undefined,
    hosts: [...new Set(hosts)],
  }
}

export function serviceEntry(random: Random, names: Names, index: number): Manifest {
  const namespace = random.pick(names.namespaces)
  const resolution = random.weighted([
    [4, 'DNS'],
    [3, 'STATIC'],
    [3, 'NONE'],
    [1, 'DNS_ROUND_ROBIN'],
  ])
  const host = random.weighted([
    [6, random.pick(externalHosts)],
    [resolution === 'NONE' || resolution === 'STATIC' ? 2 : 0, '*.example.com'],
    [1, 'reviews.alpha.svc.cluster.local'],
  ])
  const ports = random
    .some(
      [
        { number: 80, name: 'http', protocol: 'HTTP' },
        { number: 443, name: 'tls', protocol: 'TLS' },
        { number: 443, name: 'https', protocol: 'HTTPS' },
        { number: 5432, name: 'tcp', protocol: 'TCP' },
        { number: 8080, name: 'http-alt', protocol: 'HTTP' },
      ],
      1,
      2,
    )
    .filter((port, at, all) => all.findIndex(({ number }) => number === port.number) === at)
  const selecting = resolution === 'STATIC' && random.chance(0.25)
  const endpoints =
    resolution === 'STATIC' && !selecting
      ? [
          {
            address: '10.8.0.1',
            labels: random.chance(0.5) ? { version: random.pick(versions) } : undefined,
          },
          {
            address: '10.8.0.2',
            ports: random.chance(0.3) ? { [ports[0]?.name ?? 'http']: 9000 } : undefined,
          },
        ]
      : resolution === 'DNS' && random.chance(0.3)
        ? [{ address: 'origin.example.net' }]
        : undefined
  return {
    apiVersion,
    kind: 'ServiceEntry',
    metadata: {
      name: `entry-${index}`,
      namespace,
      creationTimestamp: creationTimestamp(random),
    },
    spec: {
      hosts: [host],
      addresses: random.chance(0.2) ? [`10.7.0.${random.int(1, 3)}`] : undefined,
      location: random.pick(['MESH_EXTERNAL', 'MESH_INTERNAL', undefined]),
      resolution,
      ports: ports.map(({ number, name, protocol }) => ({
        number,
        name,
        protocol,
        targetPort: random.chance(0.15) ? 7000 : undefined,
      })),
      endpoints,
      workloadSelector: selecting ? { labels: { app: 'reviews' } } : undefined,
      exportTo: exportTo(random, names, namespace),
    },
  }
}

/** What the whole mesh is set to: mostly nothing. */
export function meshConfig(random: Random): Fields | null {
  if (random.chance(0.8)) return null
  return {
    outboundTrafficPolicy: random.chance(0.6) ? { mode: 'REGISTRY_ONLY' } : undefined,
    defaultVirtualServiceExportTo: random.chance(0.15) ? ['.'] : undefined,
    defaultServiceExportTo: random.chance(0.15) ? ['.'] : undefined,
    defaultDestinationRuleExportTo: random.chance(0.15) ? ['.'] : undefined,
    defaultHttpRetryPolicy: random.chance(0.2)
      ? { attempts: 1, retryOn: 'connect-failure' }
      : undefined,
  }
}
