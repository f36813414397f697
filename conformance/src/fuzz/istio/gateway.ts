import type { Fields, Manifest } from '../manifest.ts'
import { creationTimestamp, publicHosts } from '../names.ts'
import type { Random } from '../random.ts'

const apiVersion = 'networking.istio.io/v1'

/** An Istio Gateway with one or two servers, of every protocol and way of ending TLS. */
export function gateway(random: Random, namespace: string, name: string): Manifest {
  const servers = random.some(serverShapes, 1, 2).map((shape) => shape(random, namespace))
  return {
    apiVersion,
    kind: 'Gateway',
    metadata: { name, namespace, creationTimestamp: creationTimestamp(random) },
    spec: {
      selector: random.chance(0.95) ? { istio: 'ingressgateway' } : { istio: 'nobody' },
      servers,
    },
  }
}

const serverShapes: readonly ((random: Random, namespace: string) => Fields)[] = [
  (random, namespace) => ({
    port: { number: 80, name: 'http', protocol: 'HTTP' },
    hosts: serverHosts(random, namespace),
  }),
  (random, namespace) => ({
    port: { number: 8080, name: 'http-alt', protocol: random.pick(['HTTP', 'HTTP2']) },
    hosts: serverHosts(random, namespace),
  }),
  (random, namespace) => ({
    port: { number: 443, name: 'https', protocol: 'HTTPS' },
    hosts: serverHosts(random, namespace),
    tls: { mode: 'SIMPLE', credentialName: 'certificate' },
  }),
  (random, namespace) => ({
    port: { number: 80, name: 'http-redirect', protocol: 'HTTP' },
    hosts: serverHosts(random, namespace),
    tls: { httpsRedirect: true },
  }),
  (random) => ({
    port: { number: 443, name: 'tls', protocol: 'TLS' },
    hosts: [random.pick([...publicHosts, '*.example.com'])],
    tls: { mode: 'PASSTHROUGH' },
  }),
  (random, namespace) => ({
    port: { number: 443, name: 'https-mutual', protocol: 'HTTPS' },
    hosts: serverHosts(random, namespace),
    tls: random.pick<Fields>([
      { mode: 'MUTUAL', credentialName: 'certificate' },
      { mode: 'OPTIONAL_MUTUAL', credentialName: 'certificate' },
      { mode: 'ISTIO_MUTUAL' },
    ]),
  }),
  (random) => ({
    port: { number: 443, name: 'tls-ended', protocol: 'TLS' },
    hosts: [random.pick([...publicHosts, '*.example.com', '*'])],
    tls: random.pick<Fields>([
      { mode: 'SIMPLE', credentialName: 'certificate' },
      { mode: 'ISTIO_MUTUAL' },
      { mode: 'AUTO_PASSTHROUGH' },
    ]),
  }),
  (random, namespace) => ({
    port: { number: 80, name: 'http-bound', protocol: random.pick(['HTTP', 'GRPC']) },
    bind: '127.0.0.1',
    hosts: serverHosts(random, namespace),
  }),
  () => ({ port: { number: 31400, name: 'tcp', protocol: 'TCP' }, hosts: ['*'] }),
]

function serverHosts(random: Random, namespace: string): string[] {
  const host = random.weighted([
    [5, '*'],
    [4, random.pick(publicHosts)],
    [2, '*.example.com'],
    [1, `${namespace}/shop.example.com`],
    [1, './*'],
    [1, '*/shop.example.com'],
  ])
  return random.chance(0.2) ? [...new Set([host, 'shop.example.net'])] : [host]
}
