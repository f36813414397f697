import type { Fields, Manifest } from '../manifest.ts'
import { publicHosts } from '../names.ts'
import type { Random } from '../random.ts'

const apiVersion = 'gateway.networking.k8s.io/v1'

/** A Gateway; Istio makes its proxy, and both judges do. */
export function kubernetesGateway(random: Random, namespace: string, name: string): Manifest[] {
  const listeners = [
    {
      name: 'http',
      port: 80,
      protocol: 'HTTP',
      hostname: random.weighted<string | undefined>([
        [4, undefined],
        [2, '*.example.com'],
        [1, random.pick(publicHosts)],
      ]),
      allowedRoutes: random.weighted<Fields | undefined>([
        [2, undefined],
        [5, { namespaces: { from: 'All' } }],
        [1, { namespaces: { from: 'Same' } }],
        [1, { namespaces: { from: 'Selector', selector: { matchLabels: { team: 'a' } } } }],
      ]),
    },
    ...(random.chance(0.25)
      ? [
          {
            name: 'alt',
            port: 8080,
            protocol: 'HTTP',
            allowedRoutes: { namespaces: { from: 'All' } },
          },
        ]
      : []),
    ...(random.chance(0.25)
      ? [
          {
            name: 'https',
            port: 443,
            protocol: 'HTTPS',
            hostname: random.chance(0.5) ? '*.example.com' : undefined,
            allowedRoutes: { namespaces: { from: 'All' } },
            tls: { certificateRefs: [{ name: 'certificate' }] },
          },
        ]
      : []),
  ]
  return [
    {
      apiVersion,
      kind: 'Gateway',
      metadata: { name, namespace },
      spec: { gatewayClassName: 'istio', listeners },
    },
  ]
}
