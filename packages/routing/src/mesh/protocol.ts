/**
 * What Istio takes a Service port to speak. `auto` is sniffed from the first bytes. Everything from `https`
 * on is forwarded as bytes, without HTTP rules; `udp` is not proxied at all.
 */
export type Protocol =
  | 'http'
  | 'http2'
  | 'grpc'
  | 'grpc-web'
  | 'http-proxy'
  | 'auto'
  | 'https'
  | 'tls'
  | 'tcp'
  | 'mongo'
  | 'redis'
  | 'mysql'
  | 'udp'

/** The part of a Service port that says what it speaks. */
export interface PortDeclaration {
  readonly port: number
  readonly name: string | null
  /** Kubernetes' transport protocol: `TCP`, `UDP`, `SCTP`. */
  readonly transport: string
  readonly appProtocol: string | null
}

/**
 * The protocol of a Service port: `appProtocol` where it is set, else the port's name up to its first `-`,
 * in any case. An unknown word means `auto`, but `tcp` on the ports of protocols where the server speaks
 * first (istio: pkg/config/kube/conversion.go, ConvertProtocol).
 */
export function declaredProtocol({
  port,
  name,
  transport,
  appProtocol,
}: PortDeclaration): Protocol {
  if (transport === 'UDP') return 'udp'
  if (appProtocol !== null) {
    const standard = kubernetesProtocols.get(appProtocol)
    if (standard !== undefined) return standard
  }
  const text = (appProtocol ?? name ?? '').toLowerCase()
  if (text.startsWith('grpc-web')) return 'grpc-web'
  const word = text.split('-', 1)[0] ?? ''
  const known = words.get(word)
  if (known !== undefined) return known
  return serverFirstPorts.has(port) ? 'tcp' : 'auto'
}

/** The protocol that Istio's own APIs name, in any case; any other word is `auto` (istio: protocol.Parse). */
export function parseProtocol(word: string): Protocol {
  const lower = word.toLowerCase()
  return lower === 'grpc-web' ? 'grpc-web' : (words.get(lower) ?? 'auto')
}

/** Whether the port is carried as bytes, whatever they are. */
export function isTcp(protocol: Protocol): boolean {
  return !isHttp(protocol) && protocol !== 'auto' && protocol !== 'udp'
}

/** Whether connections on the port are told apart by the TLS handshake. */
export function isTls(protocol: Protocol): boolean {
  return protocol === 'https' || protocol === 'tls'
}

/** Whether requests on the port are routed by HTTP rules and the Host header. */
export function isHttp(protocol: Protocol): boolean {
  return (
    protocol === 'http' ||
    protocol === 'http2' ||
    protocol === 'grpc' ||
    protocol === 'grpc-web' ||
    protocol === 'http-proxy'
  )
}

/** Kubernetes' standard application protocols (Service API, `appProtocol`). */
const kubernetesProtocols = new Map<string, Protocol>([
  ['kubernetes.io/h2c', 'http2'],
  ['kubernetes.io/ws', 'http'],
  ['kubernetes.io/wss', 'https'],
])

const words = new Map<string, Protocol>([
  ['http', 'http'],
  ['http2', 'http2'],
  ['grpc', 'grpc'],
  ['http_proxy', 'http-proxy'],
  ['https', 'https'],
  ['tls', 'tls'],
  ['tcp', 'tcp'],
  ['mongo', 'mongo'],
  ['redis', 'redis'],
  ['mysql', 'mysql'],
  ['udp', 'udp'],
])

/** SMTP, DNS, MySQL, MongoDB: sniffing would wait for a client that waits too. */
const serverFirstPorts: ReadonlySet<number> = new Set([25, 53, 3306, 27_017])
