import { codes } from '@traffic-lanes/routing'
import type { ExampleRequest, Finding, LintCode, Position } from '@traffic-lanes/routing'
import { findProxied } from './proxied.ts'
import type { Proxied } from './proxied.ts'
import type { Directive } from './parse.ts'
import type { KnownHosts } from './known-hosts.ts'

/**
 * Finds what makes Envoy refuse nginx's requests (426) or lose their rules.
 *
 * @param hosts What the manifests know; null: there are none, and only names that can be no host are reported.
 */
export function checkNginx(directives: readonly Directive[], hosts: KnownHosts | null): Finding[] {
  return findProxied(directives).flatMap((proxied) =>
    checkVersion(proxied, hosts).concat(checkHost(proxied, hosts)),
  )
}

function checkVersion(proxied: Proxied, hosts: KnownHosts | null): Finding[] {
  const { pass, httpVersion } = proxied
  if (httpVersion !== null && httpVersion.text !== '1.0') return []
  const where = httpVersion?.position ?? pass.position
  const said = httpVersion === null ? 'without proxy_http_version' : 'by proxy_http_version 1.0'
  return [
    finding(
      'TL050',
      where,
      `${said} nginx before 1.29.7, and openresty, speak HTTP/1.0, which Envoy answers with 426 Upgrade Required, or lets past all rules on a port whose protocol it finds out; write \`proxy_http_version 1.1;\` and \`proxy_set_header Connection "";\``,
      hosts === null ? null : refused(proxied, hosts),
    ),
  ]
}

/** A request as nginx sends it: by the Host that it sets, where that is plain text, else by a name that it serves. */
function refused(
  { host, authority, upstream, serverNames }: Proxied,
  hosts: KnownHosts,
): ExampleRequest | null {
  const dialled = upstream?.[0] ?? authority
  const written = host?.value ?? '$proxy_host'
  const sent = written.replaceAll('$proxy_host', authority)
  const names = isAsked(sent) ? serverNames.filter(isLiteral) : [withoutPort(sent)]
  const service = hosts.isService(withoutPort(dialled)) ? dialled : null
  for (const name of names) {
    const request = hosts.showOld(name, service)
    if (request !== null) return request
  }
  return null
}

function checkHost(proxied: Proxied, hosts: KnownHosts | null): Finding[] {
  const { pass, host, authority, upstream, serverNames } = proxied
  const value = host === null ? '$proxy_host' : host.value
  const sent = value.includes('$proxy_host') ? value.replaceAll('$proxy_host', authority) : value
  const position = host?.token.position ?? pass.args[0]?.position ?? pass.position
  const target = withoutPort(upstream?.[0] ?? authority)
  const isMesh = hosts?.isService(target) ?? false
  // The server's port, else the URL's.
  const dialled = upstream?.[0] ?? authority
  const show = (name: string) => hosts?.show(name, isMesh ? dialled : null) ?? null
  const isKnown = (name: string): boolean =>
    hosts === null || (isMesh ? hosts.inMesh(name) : hosts.atGateways(name))
  if (isAsked(sent)) {
    const lost = serverNames.find((name) => isLiteral(name) && !isKnown(name))
    return lost === undefined
      ? []
      : [
          finding(
            'TL051',
            position,
            `requests for ${lost} reach ${isMesh ? `Service ${target}` : 'the gateway'} by that Host, which no rule there knows: ${consequence(isMesh)}. ${cure(isMesh, target)}`,
            show(lost),
          ),
        ]
  }
  if (sent.includes('$')) return []
  const name = withoutPort(sent)
  // Without manifests, a block's name and an address are the two that are sure to be nobody's host.
  const isNobodys =
    hosts === null
      ? (upstream !== null && name === authority && !name.includes('.')) || isAddress(name)
      : !isKnown(name)
  if (!isNobodys) return []
  const why =
    host === null || value.includes('$proxy_host')
      ? `$proxy_host is ${upstream === null ? 'what stands in proxy_pass' : 'the name of the upstream block'}, ${JSON.stringify(name)}`
      : `Host is set to ${JSON.stringify(name)}`
  return [
    finding(
      'TL051',
      position,
      `${why}, which no rule knows: ${consequence(isMesh)}. ${cure(isMesh, target)}`,
      show(name),
    ),
  ]
}

function consequence(isMesh: boolean): string {
  return isMesh
    ? 'the sidecar lets the request through to any version, whatever its lane'
    : 'the gateway answers 404, or by the rule for every other host'
}

function cure(isMesh: boolean, target: string): string {
  return isMesh
    ? `Set Host to the Service's full name (${target}), and X-Forwarded-Host to $http_host`
    : 'Write `proxy_set_header Host $http_host;`, and list the public host in the VirtualService'
}

function withoutPort(authority: string): string {
  return authority.replace(/:\d+$/, '').toLowerCase()
}

/** Whether nginx passes on the Host that it is asked for. */
function isAsked(host: string): boolean {
  return /^\$(?:host|http_host)\b/.test(host)
}

function isLiteral(name: string): boolean {
  return name !== '' && name !== '_' && !/[~*$]/.test(name) && name.includes('.')
}

function isAddress(name: string): boolean {
  return /^\d+(?:\.\d+){3}$/.test(name) || name.startsWith('[')
}

function finding(
  code: LintCode & ('TL050' | 'TL051'),
  position: Position,
  message: string,
  request: ExampleRequest | null = null,
): Finding {
  const { name, level } = codes[code]
  return { code, name, level, message, position, resource: null, request }
}
