import type { Fields } from '../manifest.ts'
import type { KnownPort } from '../names.ts'
import type { Random } from '../random.ts'

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

export interface PortShape extends KnownPort {
  readonly more: Fields
}

/** Ports with distinct numbers and names. */
export function somePorts(random: Random): PortShape[] {
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

export function servicePort(port: PortShape): Fields {
  return {
    name: port.name === '' ? undefined : port.name,
    port: port.number,
    targetPort: targetPort(port),
    ...port.more,
  }
}

/** Named, another number, or unset, by the port, so that Service and workload agree. */
export function targetPort({ name, number }: KnownPort): string | number | undefined {
  if (number === 9080 && name !== '') return name
  return number === 80 ? 3000 : undefined
}
