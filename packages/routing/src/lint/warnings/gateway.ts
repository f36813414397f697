import type { GatewayView } from '../model/gateway.ts'
import type { Part } from '../part.ts'
import type { Warn } from './warn.ts'

/** What Istio's webhook warns of in a Gateway (istio: validation.go, ValidateGateway). */
export function warnOfGateway({ servers }: GatewayView, warn: Warn): void {
  for (const { part, protocol } of servers) {
    const redirect = part.get('tls', 'httpsRedirect')
    if (redirect.value === true && part.get('port').exists && !http.has(protocol))
      warn(redirect, 'is for HTTP servers only')
    warnOfServerTls(part.get('tls'), warn)
  }
}

/** What it warns of in the TLS settings of a server, a Sidecar's too; cipher suites are not looked at. */
export function warnOfServerTls(tls: Part, warn: Warn): void {
  const has = (key: string) => tls.get(key).text !== null || tls.get(key).list().length > 0
  const mode = tls.get('mode').text ?? 'PASSTHROUGH'
  const version = tls.get('minProtocolVersion')
  if (/^TLSV1_[01]$/.test(version.text ?? '') && !has('cipherSuites'))
    warn(version, 'needs `cipherSuites`: the usual ones are not for versions below 1.2')
  if (mode.endsWith('PASSTHROUGH') && certificates.some(has))
    warn(tls, `has certificates, which ${mode} does not use`)
  const listed = tls.get('tlsCertificates')
  const fetched = has('credentialName') || has('credentialNames')
  if (/^(?:SIMPLE|MUTUAL|OPTIONAL_MUTUAL)$/.test(mode) && !fetched && listed.list().length > 2)
    warn(listed, 'can have two entries at most')
}

const http: ReadonlySet<string> = new Set(['HTTP', 'HTTP2', 'HTTP_PROXY', 'GRPC', 'GRPC-WEB'])

const certificates = [
  'caCrl',
  'serverCertificate',
  'privateKey',
  'caCertificates',
  'tlsCertificates',
  'credentialName',
  'credentialNames',
]
