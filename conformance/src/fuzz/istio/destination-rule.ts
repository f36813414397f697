import type { Fields, Manifest } from '../manifest.ts'
import type { Names } from '../names.ts'
import { creationTimestamp, exportTo, hostForm, rootNamespace, versions } from '../names.ts'
import type { Random } from '../random.ts'

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
    { loadBalancer: { simple: 'PASSTHROUGH' } },
    { loadBalancer: { consistentHash: { httpHeaderName: 'end-user' } } },
    { portLevelSettings: [{ port: { number: 80 }, loadBalancer: { simple: 'PASSTHROUGH' } }] },
  ])
}
