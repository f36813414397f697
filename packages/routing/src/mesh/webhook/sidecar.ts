import { child, isPresent, readList } from '../../manifest/read.ts'
import type { Field } from '../../manifest/read.ts'
import { isTls, parseProtocol } from '../protocol.ts'
import { checkDestination } from './destination.ts'
import { checkSelector } from './destination-rule.ts'
import { checkCertificates, checkScopedHost } from './gateway.ts'
import { checkAddress, checkPort, checkPortName, checkProtocol, isFqdn } from './names.ts'
import { isFilled, numberOf, say, textOf } from './say.ts'
import { checkConnectionPool } from './traffic-policy.ts'
import { isSocketPath } from './workload-entry.ts'

/** Checks a Sidecar (istio: pkg/config/validation, ValidateSidecar). */
export function checkSidecar(spec: Field): void {
  checkSelector(child(child(spec, 'workloadSelector'), 'labels'))
  const policy = child(spec, 'outboundTrafficPolicy')
  const pool = child(spec, 'inboundConnectionPool')
  const lists = ['egress', 'ingress'].map((key) => child(spec, key))
  if (![...lists, policy, pool].some(isFilled)) say(spec, 'must not be empty')
  const [egress, ingress] = lists.map(readList)
  const numbers = new Set<number>()
  for (const listener of ingress ?? []) {
    const port = child(listener, 'port')
    if (isPresent(port)) checkIngress(listener, numbers)
    else say(listener, 'needs a `port`')
  }
  checkConnectionPool(pool)
  checkEgress(egress ?? [])
  checkOutboundPolicy(policy)
}

function checkIngress(listener: Field, numbers: Set<number>): void {
  const port = child(listener, 'port')
  const bind = child(listener, 'bind')
  checkListenerPort(port)
  checkPort(child(port, 'number'))
  if (textOf(bind) !== '') checkAddress(bind)
  checkUnique(child(port, 'number'), numbers)
  const endpoint = child(listener, 'defaultEndpoint')
  if (textOf(endpoint) !== '' && !isLocalEndpoint(textOf(endpoint))) {
    say(endpoint, 'must be 127.0.0.1:PORT, 0.0.0.0:PORT, [::1]:PORT, [::]:PORT or unix:///PATH')
  }
  const tls = child(listener, 'tls')
  if (isPresent(tls)) {
    const own = ['subjectAltNames', 'httpsRedirect', 'credentialName', 'credentialNames']
    for (const key of [...own, 'tlsCertificates']) {
      const { value } = child(tls, key)
      if (isFilled(child(tls, key)) && value !== '' && value !== false) {
        say(child(tls, key), 'is not supported in a Sidecar')
      }
    }
    if (['ISTIO_MUTUAL', 'AUTO_PASSTHROUGH'].includes(textOf(child(tls, 'mode')))) {
      say(child(tls, 'mode'), 'is not supported in a Sidecar')
    }
    if (!isTls(parseProtocol(textOf(child(port, 'protocol'))))) {
      say(tls, 'needs a port of protocol HTTPS or TLS')
    }
    checkCertificates(tls)
  }
  checkConnectionPool(child(listener, 'connectionPool'))
}

function isLocalEndpoint(text: string): boolean {
  if (text.startsWith('unix://')) return isSocketPath(text.slice('unix://'.length))
  const port = /^(?:127\.0\.0\.1|0\.0\.0\.0|\[::1?\])?:(\d{1,5})$/.exec(text)?.[1]
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65_535
}

function checkEgress(egress: readonly Field[]): void {
  const numbers = new Set<number>()
  const sockets = new Set<string>()
  for (const [index, listener] of egress.entries()) {
    const port = child(listener, 'port')
    const bind = child(listener, 'bind')
    if (!isPresent(port)) {
      if (index < egress.length - 1) say(listener, 'has no `port`, so it must be the last')
    } else if (numberOf(child(port, 'number')) === 0) {
      checkListenerPort(port)
      if (sockets.has(textOf(bind))) say(bind, 'is bound by an earlier listener')
      sockets.add(textOf(bind))
      const path = textOf(bind)
      if (!path.startsWith('unix://') || !isSocketPath(path.slice('unix://'.length))) {
        say(bind, 'must be a socket of Unix, for the port is 0')
      }
      if (textOf(child(listener, 'captureMode')) === 'IPTABLES') {
        say(child(listener, 'captureMode'), 'must not be IPTABLES with a socket of Unix')
      }
    } else {
      checkListenerPort(port)
      checkPort(child(port, 'number'))
      if (textOf(bind) !== '') checkAddress(bind)
      checkUnique(child(port, 'number'), numbers)
    }
    const hosts = readList(child(listener, 'hosts'))
    if (hosts.length === 0) say(listener, 'needs `hosts`')
    for (const host of hosts) checkScopedHost(host, false)
  }
}

function checkListenerPort(port: Field): void {
  const target = child(port, 'targetPort')
  if (numberOf(target) > 0) say(target, 'means nothing to a Sidecar')
  if (textOf(child(port, 'name')) !== '') checkPortName(child(port, 'name'))
  checkProtocol(child(port, 'protocol'))
}

function checkUnique(field: Field, numbers: Set<number>): void {
  if (numbers.has(numberOf(field))) say(field, 'is the port of an earlier listener')
  numbers.add(numberOf(field))
}

function checkOutboundPolicy(field: Field): void {
  const mode = textOf(child(field, 'mode'))
  if (mode === 'ALLOW_ANY_DYNAMIC_DNS') {
    return say(child(field, 'mode'), 'is for the whole mesh only (MeshConfig)')
  }
  const proxy = child(field, 'egressProxy')
  if (!isPresent(proxy)) return
  // REGISTRY_ONLY is the mode of a policy that names none.
  if (mode !== 'ALLOW_ANY') return say(proxy, 'needs mode ALLOW_ANY')
  if (!isFqdn(textOf(child(proxy, 'host')))) say(child(proxy, 'host'), 'must be a full name')
  if (!isPresent(child(proxy, 'port'))) return say(proxy, 'needs a `port`')
  checkDestination(proxy)
}
