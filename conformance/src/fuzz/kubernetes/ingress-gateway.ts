import type { Manifest } from '../manifest.ts'
import { rootNamespace } from '../names.ts'
import type { Random } from '../random.ts'
import type { Request } from '../world.ts'

const name = 'istio-ingressgateway'
const labels = { app: name, istio: 'ingressgateway' }
const ip = '10.4.9.9'

/** The gateway's own workload and Service: a Deployment, or a pod whose address is known. */
export function ingressGateway(random: Random): Manifest[] {
  const spec = { containers: [{ name: 'istio-proxy', image: 'auto' }] }
  const status = {
    phase: 'Running',
    podIP: ip,
    podIPs: [{ ip }],
    conditions: [{ type: 'Ready', status: 'True' }],
  }
  return [
    random.chance(0.5)
      ? {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name, namespace: rootNamespace, labels },
          spec,
          status,
        }
      : {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name, namespace: rootNamespace },
          spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
        },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: rootNamespace },
      spec: {
        type: 'LoadBalancer',
        selector: labels,
        ports: [
          { name: 'http2', port: 80, targetPort: 8080 },
          { name: 'https', port: 443, targetPort: 8443 },
          { name: 'tcp', port: 31400, targetPort: 31400 },
        ],
      },
    },
  ]
}

/** The pod as a caller: Gateways of every namespace meet in it. */
export const ingressRouter: Request['from'] = {
  type: 'router',
  namespace: rootNamespace,
  name,
  labels,
  ip,
}
