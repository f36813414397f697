import type { Manifest } from '../manifest.ts'
import type { KnownPort, KnownService } from '../names.ts'
import { creationTimestamp, serviceNames, versions } from '../names.ts'
import type { Random } from '../random.ts'
import { workload } from './workload.ts'
import { servicePort, somePorts } from './port-shape.ts'

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
