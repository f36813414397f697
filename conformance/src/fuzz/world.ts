import { kubernetesGateway } from './gateway-api/gateway.ts'
import { route } from './gateway-api/route.ts'
import { destinationRule } from './istio/destination-rule.ts'
import { gateway } from './istio/gateway.ts'
import { ingressGateway, ingressRouter } from './kubernetes/ingress-gateway.ts'
import { kubernetes } from './kubernetes/services.ts'
import type { Fields, Manifest } from './manifest.ts'
import { meshConfig } from './istio/mesh-config.ts'
import type { Names } from './names.ts'
import { externalHosts } from './names.ts'
import { peerAuthentication } from './istio/peer-authentication.ts'
import { randomFrom } from './random.ts'
import type { Random } from './random.ts'
import { requests } from './requests.ts'
import { serviceEntry } from './istio/service-entry.ts'
import { sidecar } from './istio/sidecar.ts'
import { virtualService } from './istio/virtual-service.ts'

/** A line of `lanes explain --batch`, as the fuzzer writes it. */
export interface Request {
  readonly from:
    | string
    | {
        readonly type: 'sidecar' | 'router'
        readonly namespace: string
        readonly name: string
        readonly labels: Readonly<Record<string, string>>
        readonly ip: string
      }
  readonly method: string
  readonly url: string
  /** Several values of one are several headers. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly host?: string
  readonly http?: '1.0' | '2'
  /** What is dialled, where it is not what the URL's host resolves to. */
  readonly address?: string
}

/** A mesh and what is asked of it. */
export interface World {
  readonly manifests: readonly Manifest[]
  readonly meshConfig: Fields | null
  readonly requests: readonly Request[]
}

/** The world of a seed: always the same. */
export function makeWorld(seed: number): World {
  const random = randomFrom(seed)
  const namespaces = random
    .some(['alpha', 'beta', 'gamma', 'delta', 'epsilon'], 1, 5)
    .slice(0, random.int(1, 5))
  const { manifests: cluster, services } = kubernetes(random, namespaces)
  const edge = random.chance(0.5)
  const gatewayNames = edge
    ? random.some(['front', 'back'], 1, 2).map((name) => `${random.pick(namespaces)}/${name}`)
    : []
  const names: Names = { namespaces, services, external: externalHosts, gateways: gatewayNames }

  // Where many objects speak of one host is where most disagreements were.
  const isCrowded = random.chance(0.15)
  const rules: Manifest[] = []
  if (edge) {
    rules.push(...ingressGateway(random))
    for (const id of gatewayNames) {
      const [namespace = '', name = ''] = id.split('/')
      rules.push(gateway(random, namespace, name))
    }
  }
  rules.push(
    ...several(random, 1, 5, (index) => virtualService(random, names, index)),
    ...several(random, 0, 4, (index) => [destinationRule(random, names, index)]),
    ...several(random, 0, isCrowded ? 6 : 3, (index) =>
      random.chance(0.5) ? serviceEntry(random, names, index, isCrowded) : [],
    ),
    ...several(random, 0, 1, () => (random.chance(0.3) ? [peerAuthentication(random, names)] : [])),
    ...several(random, 0, 2, (index) =>
      random.chance(0.45) ? [sidecar(random, names, index)] : [],
    ),
  )

  const kubernetesGateways: string[] = []
  if (random.chance(0.35)) {
    if (random.chance(0.6)) {
      const namespace = random.pick(namespaces)
      rules.push(...kubernetesGateway(random, namespace, 'public'))
      kubernetesGateways.push(`${namespace}/public`)
    }
    rules.push(...several(random, 1, 3, (index) => route(random, names, kubernetesGateways, index)))
  }

  const manifests = [...cluster, ...rules]
  const callers = {
    workloads: workloadsOf(cluster),
    gateways: [
      ...(edge ? [ingressRouter, ingressRouter] : []),
      ...gatewayNames.map((id) => `gateway/${id}`),
      ...kubernetesGateways.map((id) => `gateway/${id}`),
    ],
  }
  return { manifests, meshConfig: meshConfig(random), requests: requests(random, names, callers) }
}

function several<T>(random: Random, low: number, high: number, make: (index: number) => T[]): T[] {
  return Array.from({ length: random.int(low, high) }, (_, index) => make(index)).flat()
}

function workloadsOf(manifests: readonly Manifest[]): string[] {
  return (
    manifests
      .filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet' || kind === 'Pod')
      // Nobody calls from a workload without pods.
      .filter(({ spec }) => spec?.['replicas'] !== 0)
      .map(
        ({ kind, metadata }) =>
          `${kind.toLowerCase()}/${metadata.namespace ?? ''}/${metadata.name}`,
      )
  )
}
