import type { Fields, Manifest } from '../manifest.ts'
import type { Names } from '../names.ts'
import { creationTimestamp, rootNamespace, versions } from '../names.ts'
import type { Random } from '../random.ts'

const apiVersion = 'networking.istio.io/v1'

/** A Sidecar: of a namespace, of some of its workloads, or of the whole mesh. */
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
      // What comes in is no matter of where a request goes out to.
      ingress: random.chance(0.15)
        ? [
            {
              port: { number: 9080, protocol: 'HTTP', name: 'ingress' },
              defaultEndpoint: '127.0.0.1:4000',
            },
          ]
        : undefined,
      outboundTrafficPolicy:
        egress === undefined || random.chance(0.2) ? outboundPolicy(random, names) : undefined,
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
  const hosts =
    host === '~/*' || random.chance(0.6)
      ? [host]
      : [host, random.pick([`${namespace}/*`, ...exactHosts(random, names), ...excluded(names)])]
  const bound = random.chance(0.1)
  return {
    port: ported
      ? {
          number: random.pick([80, 9080, 8080]),
          protocol: random.pick(['HTTP', 'HTTP', 'TCP']),
          name: 'egress',
        }
      : undefined,
    bind: bound && random.chance(0.5) ? random.pick(['127.0.0.1', '10.5.0.1']) : undefined,
    captureMode: bound ? random.pick(['NONE', 'IPTABLES', 'DEFAULT']) : undefined,
    hosts: [...new Set(hosts)],
  }
}

function exactHosts(random: Random, names: Names): string[] {
  return names.services
    .filter(() => random.chance(0.5))
    .map(({ name, namespace }) => `${namespace}/${name}.${namespace}.svc.cluster.local`)
}

function excluded({ services }: Names): string[] {
  return services.flatMap(({ name, namespace }) => [
    `~/${name}.${namespace}.svc.cluster.local`,
    `~${namespace}/*`,
  ])
}

function outboundPolicy(random: Random, names: Names): Fields {
  const [service] = names.services
  if (service !== undefined && random.chance(0.15)) {
    const host = `${service.name}.${service.namespace}.svc.cluster.local`
    const port = { number: random.pick(service.ports).number }
    return { mode: 'ALLOW_ANY', egressProxy: { host, port } }
  }
  return { mode: random.pick(['REGISTRY_ONLY', 'ALLOW_ANY']) }
}
