import type { Fields, Manifest } from '../manifest.ts'
import type { Names } from '../names.ts'
import { creationTimestamp, publicHosts } from '../names.ts'
import type { Random } from '../random.ts'
import { httpRule } from './http-rule.ts'
import { grpcRule } from './grpc-rule.ts'

const apiVersion = 'gateway.networking.k8s.io/v1'

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
