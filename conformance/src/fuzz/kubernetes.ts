import type { Fields, Manifest } from './manifest.ts'
import type { KnownPort, KnownService } from './names.ts'
import { creationTimestamp, serviceNames, versions } from './names.ts'
import type { Random } from './random.ts'

/** How a Service port says which protocol it speaks. */
const portShapes: readonly (readonly [weight: number, shape: PortShape])[] = [
  [8, { name: 'http', number: 80, more: {} }],
  [4, { name: 'http-web', number: 8080, more: {} }],
  [3, { name: 'web', number: 9080, more: {} }],
  [2, { name: 'grpc', number: 7070, more: {} }],
  [2, { name: 'http2', number: 8081, more: {} }],
  [2, { name: 'tcp', number: 5432, more: {} }],
  [1, { name: 'tcp-sink', number: 80, more: {} }],
  [2, { name: 'https', number: 443, more: {} }],
  [1, { name: 'tls', number: 8443, more: {} }],
  [1, { name: 'app', number: 8088, more: { appProtocol: 'http' } }],
  [1, { name: 'h2c', number: 8089, more: { appProtocol: 'kubernetes.io/h2c' } }],
  [0.5, { name: 'udp', number: 53, more: { protocol: 'UDP' } }],
  [0.5, { name: 'mongo', number: 27017, more: {} }],
  [0.5, { name: 'mysql', number: 3306, more: {} }],
  [0.5, { name: 'dns-tcp', number: 53, more: {} }],
  [0.5, { name: 'grpc-web', number: 8090, more: {} }],
  [0.5, { name: 'socket', number: 8091, more: { appProtocol: 'kubernetes.io/ws' } }],
  [0.5, { name: 'http-not', number: 8092, more: { appProtocol: 'tcp' } }],
  [0.5, { name: 'secure', number: 8444, more: { appProtocol: 'https' } }],
]

interface PortShape extends KnownPort {
  readonly more: Fields
}

export interface Cluster {
  readonly manifests: readonly Manifest[]
  readonly services: readonly KnownService[]
}

/** Services with what runs behind them, in each namespace. */
export function kubernetes(random: Random, namespaces: readonly string[]): Cluster {
  const manifests: Manifest[] = namespaces
    .filter(() => random.chance(0.8))
    .map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name,
        labels: random.chance(0.5) ? { team: random.pick(['a', 'b']) } : undefined,
      },
    }))
  const services: KnownService[] = []
  for (const namespace of namespaces) {
    for (const name of random.some(serviceNames, 1, 2)) {
      const made = serviceWithWorkloads(random, namespace, name)
      manifests.push(...made.manifests)
      services.push(made.known)
    }
  }
  return { manifests, services }
}

/** The Service, and mostly a workload for each version behind it. */
function serviceWithWorkloads(
  random: Random,
  namespace: string,
  name: string,
): { manifests: Manifest[]; known: KnownService } {
  const ports = somePorts(random)
  const known = {
    name,
    namespace,
    ports: ports.map(({ name: portName, number }) => ({ name: portName, number })),
    versions: random.some(versions, 1, 3),
  }
  const metadata = { name, namespace }

  if (random.chance(0.06)) {
    const externalName = random.pick([
      'api.example.com',
      `reviews.${namespace}.svc.cluster.local`,
      'ratings.alpha.svc.cluster.local',
    ])
    const spec = { type: 'ExternalName', externalName, ports: ports.map(servicePort) }
    return {
      manifests: [{ apiVersion: 'v1', kind: 'Service', metadata, spec }],
      known: { ...known, headless: false },
    }
  }

  const headless = random.chance(0.1)
  const manual = random.chance(0.06)
  const isSpread = !headless && random.chance(0.1)
  const spec = {
    clusterIP: headless ? 'None' : undefined,
    type: isSpread ? random.pick(['NodePort', 'LoadBalancer', 'ClusterIP']) : undefined,
    publishNotReadyAddresses: random.chance(0.05) ? true : undefined,
    selector: manual ? undefined : { app: name },
    ports: ports.map(servicePort),
  }
  const annotations = random.chance(0.06)
    ? { 'networking.istio.io/exportTo': random.pick(['.', '*', namespace, '~']) }
    : undefined
  const manifests: Manifest[] = [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { ...metadata, annotations, creationTimestamp: creationTimestamp(random, 0.15) },
      spec,
    },
  ]
  if (manual) manifests.push(endpointSlice(random, namespace, name, ports))
  for (const version of known.versions)
    manifests.push(workload(random, namespace, name, version, ports))
  return { manifests, known: { ...known, headless } }
}

/** Ports with distinct numbers and names. */
function somePorts(random: Random): PortShape[] {
  const ports: PortShape[] = []
  for (let wanted = random.int(1, 3); wanted > 0; wanted--) {
    const port = random.weighted(portShapes)
    if (ports.every(({ name, number }) => name !== port.name && number !== port.number)) {
      ports.push(port)
    }
  }
  // Of a single port the name may be left out: then Istio looks at what is sent.
  const [only] = ports
  if (only !== undefined && ports.length === 1 && random.chance(0.06)) {
    return [{ ...only, name: '' }]
  }
  return ports
}

function servicePort(port: PortShape): Fields {
  return {
    name: port.name === '' ? undefined : port.name,
    port: port.number,
    targetPort: targetPort(port),
    ...port.more,
  }
}

/** Named, another number, or unset, by the port, so that Service and workload agree. */
function targetPort({ name, number }: KnownPort): string | number | undefined {
  if (number === 9080 && name !== '') return name
  return number === 80 ? 3000 : undefined
}

function workload(
  random: Random,
  namespace: string,
  app: string,
  version: string,
  ports: readonly KnownPort[],
): Manifest {
  const labels = { app, version, tier: random.chance(0.3) ? 'back' : undefined }
  const containerPorts = ports
    .filter((port) => typeof targetPort(port) === 'string')
    .map(({ name }) => ({ name, containerPort: 4000 }))
  const pod = {
    containers: [
      { name: app, image: app, ports: containerPorts.length > 0 ? containerPorts : undefined },
    ],
  }
  const name = `${app}-${version}`
  if (random.chance(0.1)) {
    const status = random.chance(0.25) ? notReady(random) : undefined
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels },
      spec: pod,
      status,
    }
  }
  const kind = random.chance(0.1) ? 'StatefulSet' : 'Deployment'
  const replicas = random.weighted<number | undefined>([
    [8, undefined],
    [2, 2],
    [1, 0],
  ])
  const serviceName = kind === 'StatefulSet' ? app : undefined
  const template = { metadata: { labels }, spec: pod }
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace },
    spec: { replicas, serviceName, selector: { matchLabels: { app, version } }, template },
  }
}

/** What a pod says of itself that runs and takes no requests yet. */
function notReady(random: Random): Fields {
  const podIP = `10.4.0.${random.int(1, 250)}`
  return {
    phase: 'Running',
    podIP,
    podIPs: [{ ip: podIP }],
    conditions: [{ type: 'Ready', status: 'False' }],
  }
}

/** The addresses of a Service that selects nothing. */
function endpointSlice(
  random: Random,
  namespace: string,
  service: string,
  ports: readonly KnownPort[],
): Manifest {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${service}-manual`,
      namespace,
      labels: { 'kubernetes.io/service-name': service },
    },
    addressType: 'IPv4',
    endpoints: [
      { addresses: [`10.9.0.${random.int(1, 9)}`], conditions: { ready: random.chance(0.85) } },
    ],
    ports: ports.map(({ name, number }) => ({ name, port: number, protocol: 'TCP' })),
  }
}
