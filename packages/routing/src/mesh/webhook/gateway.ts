import { child, isPresent, readList } from '../../manifest/read.ts'
import type { Field } from '../../manifest/read.ts'
import { isAddress } from '../address.ts'
import { isHttp, isTls, parseProtocol } from '../protocol.ts'
import { checkAddress, checkPort, isLabel, isWildcardDomain } from './names.ts'
import { isFilled, numberOf, say, textOf } from './say.ts'

/** Checks a Gateway (istio: pkg/config/validation, ValidateGateway). */
export function checkGateway(spec: Field, name: Field): void {
  if (!isLabel(textOf(name))) say(name, 'must be a DNS label')
  const servers = readList(child(spec, 'servers'))
  if (servers.length === 0) say(spec, 'needs `servers`')
  const names = new Set<string>()
  for (const server of servers) {
    checkServer(server)
    const port = child(child(server, 'port'), 'name')
    if (names.has(textOf(port))) say(port, 'is the name of an earlier port')
    names.add(textOf(port))
  }
}

function checkServer(server: Field): void {
  const hosts = readList(child(server, 'hosts'))
  if (hosts.length === 0) say(server, 'needs `hosts`')
  for (const host of hosts) checkScopedHost(host, true)
  const bind = child(server, 'bind')
  const isSocket = textOf(bind).startsWith('unix://')
  const port = child(server, 'port')
  const number = numberOf(child(port, 'number'))
  if (number > 0 || !isSocket) checkPort(child(port, 'number'))
  if (isSocket && number !== 0) say(child(port, 'number'), 'must be 0 with a socket of Unix')
  if (!isSocket && textOf(bind) !== '') checkAddress(bind)
  if (numberOf(child(port, 'targetPort')) > 0) {
    say(child(port, 'targetPort'), 'means nothing to a Gateway')
  }
  if (textOf(child(port, 'name')) === '') say(child(port, 'name'), 'is missing')
  const tls = child(server, 'tls')
  checkCertificates(tls)
  checkTlsOfProtocol(child(port, 'protocol'), tls)
}

function checkTlsOfProtocol(field: Field, tls: Field): void {
  const protocol = parseProtocol(textOf(field))
  if (protocol === 'auto') {
    say(field, `is no protocol that Istio knows, got ${JSON.stringify(textOf(field))}`)
  } else if (isTls(protocol)) {
    if (!isPresent(tls)) say(field, 'needs `tls`')
  } else if (isPresent(tls)) {
    const holdsKeys = ['caCertificates', 'privateKey', 'serverCertificate'].some((key) =>
      isFilled(child(tls, key)),
    )
    const isRedirect = isHttp(protocol) && isPassthrough(tls) && !holdsKeys
    if (!isRedirect) say(tls, `may not stand beside protocol ${textOf(field)}`)
  }
}

function isPassthrough(tls: Field): boolean {
  return ['', 'PASSTHROUGH', 'AUTO_PASSTHROUGH'].includes(textOf(child(tls, 'mode')))
}

/** Checks the certificates that a server's TLS is to have (istio: validateTLSOptions). */
export function checkCertificates(tls: Field): void {
  if (!isPresent(tls)) return
  const mode = textOf(child(tls, 'mode'))
  const has = (key: string): boolean => isFilled(child(tls, key)) && textOf(child(tls, key)) !== ''
  const holds = (key: string): boolean => has(key) || readListAt(tls, key).length > 0
  if (mode === 'ISTIO_MUTUAL') {
    const own = ['serverCertificate', 'privateKey', 'caCertificates', 'tlsCertificates']
    for (const key of [...own, 'credentialName', 'credentialNames']) {
      if (holds(key)) say(child(tls, key), 'may not stand beside mode ISTIO_MUTUAL')
    }
    return
  }
  const pair = has('serverCertificate') && has('privateKey')
  const isRemote = holds('credentialName') || holds('credentialNames')
  const sources = [
    pair,
    holds('credentialName'),
    holds('credentialNames'),
    holds('tlsCertificates'),
  ]
  if (sources.filter(Boolean).length > 1) say(tls, 'has certificates from two places')
  if (!terminating.has(mode) || isRemote) {
    if (has('caCrl') && holds('credentialName') && !terminating.has(mode)) {
      say(child(tls, 'caCrl'), 'may not stand beside credentialName')
    }
    return
  }
  if (mode !== 'SIMPLE' && !has('caCertificates')) {
    say(tls, `needs \`caCertificates\` with mode ${mode}`)
  }
  const written = readListAt(tls, 'tlsCertificates')
  for (const one of written.length === 0 ? [tls] : written) {
    for (const key of ['serverCertificate', 'privateKey']) {
      if (textOf(child(one, key)) === '') say(one, `needs \`${key}\` with mode ${mode}`)
    }
  }
  if (has('caCrl') && mode === 'SIMPLE')
    say(child(tls, 'caCrl'), 'may not stand beside mode SIMPLE')
}

function readListAt(field: Field, key: string): readonly Field[] {
  const list = child(field, key)
  return Array.isArray(list.value) ? readList(list) : []
}

/** The modes in which the proxy shows a certificate of its own. */
const terminating = new Set(['SIMPLE', 'MUTUAL', 'OPTIONAL_MUTUAL'])

/**
 * Checks `NAMESPACE/HOST`; in a Gateway the namespace may be left out
 * (istio: agent.ValidateNamespaceSlashWildcardHostname).
 */
export function checkScopedHost(field: Field, isGateway: boolean): void {
  const text = textOf(field)
  const slash = text.indexOf('/')
  if (slash === -1 && !isGateway) return say(field, 'must be NAMESPACE/HOST')
  if (slash !== -1 && !isScope(text.slice(0, slash), isGateway)) {
    say(field, 'begins with what is no namespace')
  }
  const host = text.slice(slash + 1)
  const isHost = isWildcardDomain(host) || (isGateway && isAddress(host))
  const isPartial = host.includes('*') && host !== '*' && !host.startsWith('*.')
  if (!isHost || isPartial || (host !== '*' && !host.includes('.'))) {
    say(field, `must have a full host, got ${JSON.stringify(host)}`)
  }
}

function isScope(text: string, isGateway: boolean): boolean {
  if (isGateway) return text === '*' || text === '.' || isLabel(text)
  const namespace = text.startsWith('~') ? text.slice(1) : text
  // `~/*`: of nobody.
  return ['*', '.'].includes(namespace) || isLabel(namespace) || text === '~'
}
