import type { Fields, Manifest } from '../manifest.ts'
import type { KnownPort } from '../names.ts'
import type { Random } from '../random.ts'
import { targetPort } from './port-shape.ts'

export function workload(
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
