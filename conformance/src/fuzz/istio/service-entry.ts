import type { Fields, Manifest } from '../manifest.ts'
import type { Names } from '../names.ts'
import { creationTimestamp, exportTo, externalHosts, versions } from '../names.ts'
import type { Random } from '../random.ts'

const apiVersion = 'networking.istio.io/v1'

const allPorts = [
  { number: 80, name: 'http', protocol: 'HTTP' },
  { number: 443, name: 'tls', protocol: 'TLS' },
  { number: 443, name: 'https', protocol: 'HTTPS' },
  { number: 5432, name: 'tcp', protocol: 'TCP' },
  { number: 8080, name: 'http-alt', protocol: 'HTTP' },
  { number: 7070, name: 'grpc', protocol: 'GRPC' },
] as const

/** A ServiceEntry, mostly of hosts outside, and at times the WorkloadEntries that it selects. */
export function serviceEntry(
  random: Random,
  names: Names,
  index: number,
  isCrowded: boolean,
): Manifest[] {
  const namespace = random.pick(names.namespaces)
  const resolution = random.weighted([
    [4, 'DNS'],
    [3, 'STATIC'],
    [3, 'NONE'],
    [1, 'DNS_ROUND_ROBIN'],
    [0.5, 'DYNAMIC_DNS'],
  ] as const)
  // Istio lets several hosts be told apart by name only, and looks such names up for these alone.
  const hasTcp = resolution !== 'DYNAMIC_DNS' && random.chance(0.4)
  const hosts = someHosts(random, names, resolution, hasTcp, isCrowded)
  const ports = random
    .some(
      allPorts.filter(({ protocol }) =>
        resolution === 'DYNAMIC_DNS'
          ? protocol !== 'HTTPS' && protocol !== 'TCP'
          : hasTcp || protocol !== 'TCP',
      ),
      1,
      2,
    )
    .filter((port, at, all) => all.findIndex(({ number }) => number === port.number) === at)
  const isSelecting = resolution !== 'DYNAMIC_DNS' && random.chance(0.25)
  const app = random.pick(['reviews', 'outside'])
  const made: Manifest[] = [
    {
      apiVersion,
      kind: 'ServiceEntry',
      metadata: { name: `entry-${index}`, namespace, creationTimestamp: creationTimestamp(random) },
      spec: {
        hosts,
        addresses: addresses(random, resolution),
        location: random.pick(['MESH_EXTERNAL', 'MESH_INTERNAL', undefined]),
        resolution,
        ports: ports.map(({ number, name, protocol }) => ({
          number,
          name,
          protocol,
          targetPort: random.chance(0.15) ? 7000 : undefined,
        })),
        endpoints: isSelecting
          ? undefined
          : endpoints(random, resolution, ports[0]?.name ?? 'http'),
        workloadSelector: isSelecting ? { labels: { app } } : undefined,
        exportTo: exportTo(random, names, namespace),
      },
    },
  ]
  if (isSelecting && random.chance(0.6)) made.push(workloadEntry(random, namespace, app, index))
  return made
}

function someHosts(
  random: Random,
  names: Names,
  resolution: string,
  hasTcp: boolean,
  isCrowded: boolean,
): string[] {
  if (resolution === 'DYNAMIC_DNS') return ['*.example.com']
  const wildcards = resolution === 'NONE' || resolution === 'STATIC'
  const one = (): string =>
    random.weighted([
      [6, random.pick(externalHosts)],
      [wildcards ? 2 : 0, '*.example.com'],
      [isCrowded ? 20 : 1, serviceHost(random, names)],
    ])
  const first = one()
  if (hasTcp || resolution === 'DNS_ROUND_ROBIN' || random.chance(0.85)) return [first]
  return [...new Set([first, one()])]
}

/** A host that a Service of the world has too. */
function serviceHost(random: Random, { services }: Names): string {
  const { name, namespace } = random.pick(services)
  return `${name}.${namespace}.svc.cluster.local`
}

function addresses(random: Random, resolution: string): string[] | undefined {
  if (resolution === 'DYNAMIC_DNS') return undefined
  const subnets = resolution === 'NONE' || resolution === 'STATIC' ? 1 : 0
  return random.weighted<string[] | undefined>([
    [16, undefined],
    [3, [`10.7.0.${random.int(1, 3)}`]],
    [1, ['10.7.0.1', '10.7.0.2']],
    [subnets, ['10.7.0.0/24']],
    [subnets / 2, ['10.7.0.3/32', '10.7.1.0/24']],
  ])
}

function endpoints(random: Random, resolution: string, port: string): Fields[] | undefined {
  if (resolution === 'STATIC') {
    return [
      {
        address: '10.8.0.1',
        labels: random.chance(0.5) ? { version: random.pick(versions) } : undefined,
      },
      { address: '10.8.0.2', ports: random.chance(0.3) ? { [port]: 9000 } : undefined },
    ]
  }
  return resolution === 'DNS' && random.chance(0.3)
    ? [{ address: 'origin.example.net' }]
    : undefined
}

function workloadEntry(random: Random, namespace: string, app: string, index: number): Manifest {
  return {
    apiVersion,
    kind: 'WorkloadEntry',
    metadata: { name: `machine-${index}`, namespace },
    spec: {
      address: random.chance(0.85) ? `10.8.1.${index + 1}` : `machine-${index}.example.net`,
      labels: { app, version: random.pick(versions) },
      ports: random.chance(0.3) ? { http: 9000, tcp: 9001 } : undefined,
    },
  }
}
