import { child, isPresent, readEntries, readList, readText } from '../../manifest/read.ts'
import type { Field } from '../../manifest/read.ts'
import { isAddress } from '../address.ts'
import { parseDuration } from '../duration.ts'
import { checkDuration } from './durations.ts'
import { checkPort, isFqdn } from './names.ts'
import { isFilled, numberOf, say, textOf } from './say.ts'

/** Checks a `trafficPolicy` (istio: pkg/config/validation, validateTrafficPolicy). */
export function checkTrafficPolicy(field: Field): void {
  if (!isPresent(field)) return
  const own = ['portLevelSettings', 'tunnel', 'proxyProtocol', 'retryBudget']
  if (![...policies, ...own].some((key) => isFilled(child(field, key)))) {
    return say(field, 'needs at least one setting')
  }
  const tunnel = child(field, 'tunnel')
  if (isPresent(tunnel) && isPresent(child(field, 'proxyProtocol'))) {
    return say(tunnel, 'may not stand beside `proxyProtocol`')
  }
  checkPolicies(field)
  checkTunnel(tunnel)
  for (const one of readList(child(field, 'portLevelSettings'))) {
    if (!isPresent(child(one, 'port'))) say(one, 'needs a `port`')
    if (policies.some((key) => isPresent(child(one, key)))) checkPolicies(one)
    else say(one, 'needs at least one setting')
  }
}

const policies = ['outlierDetection', 'connectionPool', 'loadBalancer', 'tls']

function checkPolicies(field: Field): void {
  checkOutlierDetection(child(field, 'outlierDetection'))
  checkConnectionPool(child(field, 'connectionPool'))
  checkLoadBalancer(child(field, 'loadBalancer'))
  checkClientTls(child(field, 'tls'))
}

function checkOutlierDetection(field: Field): void {
  checkDuration(child(field, 'baseEjectionTime'))
  checkDuration(child(field, 'interval'))
  const failures = child(field, 'consecutiveLocalOriginFailures')
  const isSplit = child(field, 'splitExternalLocalOriginErrors').value === true
  if (!isSplit && numberOf(failures) > 0) {
    say(failures, 'needs `splitExternalLocalOriginErrors`')
  }
  for (const key of ['maxEjectionPercent', 'minHealthPercent']) {
    const percent = child(field, key)
    if (numberOf(percent) < 0 || numberOf(percent) > 100) say(percent, 'must be from 0 to 100')
  }
}

/** Checks a `connectionPool` (istio: validateConnectionPool). */
export function checkConnectionPool(field: Field): void {
  if (!isPresent(field)) return
  const http = child(field, 'http')
  const tcp = child(field, 'tcp')
  if (!isPresent(http) && !isPresent(tcp)) say(field, 'needs `http` or `tcp`')
  const counts = ['http1MaxPendingRequests', 'http2MaxRequests', 'maxRequestsPerConnection']
  for (const key of [...counts, 'maxRetries', 'maxConcurrentStreams']) {
    if (numberOf(child(http, key)) < 0) say(child(http, key), 'must not be negative')
  }
  if (numberOf(child(tcp, 'maxConnections')) < 0) {
    say(child(tcp, 'maxConnections'), 'must not be negative')
  }
  checkDuration(child(http, 'idleTimeout'))
  const client = child(http, 'useClientProtocol')
  if (client.value === true && textOf(child(http, 'h2UpgradePolicy')) === 'UPGRADE') {
    say(client, 'may not stand beside h2UpgradePolicy UPGRADE')
  }
  const keepAlive = child(http, 'http2KeepAlive')
  for (const key of isPresent(keepAlive) ? ['interval', 'timeout'] : []) {
    if (isPresent(child(keepAlive, key))) checkDuration(child(keepAlive, key))
    else say(keepAlive, `needs \`${key}\``)
  }
  for (const key of ['connectTimeout', 'maxConnectionDuration']) checkDuration(child(tcp, key))
  const idle = readText(child(tcp, 'idleTimeout'))
  // 0s, and less than a millisecond, is no limit.
  if (idle === null || (parseDuration(idle) ?? 1) >= 1) checkDuration(child(tcp, 'idleTimeout'))
  for (const key of ['time', 'interval']) checkDuration(child(child(tcp, 'tcpKeepalive'), key))
}

function checkLoadBalancer(field: Field): void {
  const hash = child(field, 'consistentHash')
  const cookie = child(hash, 'httpCookie')
  if (isPresent(cookie) && textOf(child(cookie, 'name')) === '') say(cookie, 'needs a `name`')
  const names = new Set<string>()
  for (const attribute of readList(child(cookie, 'attributes'))) {
    const name = textOf(child(attribute, 'name'))
    if (name === '') say(attribute, 'needs a `name`')
    else if (names.has(name)) say(attribute, 'has the name of an earlier one')
    names.add(name)
  }
  const maglev = child(hash, 'maglev')
  const ring = child(hash, 'minimumRingSize')
  if (numberOf(ring) !== 0 && (isPresent(maglev) || isPresent(child(hash, 'ringHash')))) {
    say(ring, 'may not stand beside `maglev` or `ringHash`')
  }
  const size = numberOf(child(maglev, 'tableSize'))
  if (isPresent(maglev) && (size >= maglevLimit || !isPrime(size))) {
    say(maglev, `needs a \`tableSize\` that is prime and less than ${maglevLimit}`)
  }
  const locality = child(field, 'localityLbSetting')
  const zone = child(field, 'zoneAwareLbSetting')
  if (isPresent(locality) && isPresent(zone)) say(zone, 'may not stand beside `localityLbSetting`')
  if (isFilled(child(locality, 'distribute')) && isFilled(child(locality, 'failover'))) {
    say(child(locality, 'failover'), 'may not stand beside `distribute`')
  }
  for (const one of readList(child(locality, 'distribute'))) checkDistribution(one)
  for (const setting of [locality, zone]) {
    for (const one of readList(child(setting, 'failover'))) checkFailover(one)
  }
  const warmup = child(field, 'warmup')
  if (!isPresent(warmup)) return
  if (isPresent(child(warmup, 'duration'))) checkDuration(child(warmup, 'duration'))
  else say(warmup, 'needs a `duration`')
}

function checkDistribution(field: Field): void {
  const weights = readEntries(child(field, 'to')).map(([, weight]) => weight)
  const wrong = weights.find((weight) => numberOf(weight) < 1 || numberOf(weight) > 100)
  if (wrong !== undefined) say(wrong, 'must be from 1 to 100')
  else if (weights.reduce((sum, weight) => sum + numberOf(weight), 0) !== 100) {
    say(child(field, 'to'), 'must come to 100 in total')
  }
}

function checkFailover(field: Field): void {
  const regions = ['from', 'to'].map((key) => textOf(child(field, key)))
  if (regions[0] === regions[1]) say(field, 'must go to another region')
  if (regions.some((region) => /[*/]/.test(region))) say(field, 'must name regions alone')
}

function isPrime(size: number): boolean {
  // As Envoy has it, 1 is one.
  if (size > 0 && size < 4) return true
  if (size % 2 === 0) return false
  for (let factor = 3; factor * factor <= size; factor += 2) {
    if (size % factor === 0) return false
  }
  return true
}

const maglevLimit = 5_000_011

function checkTunnel(field: Field): void {
  if (!isPresent(field)) return
  if (!['', 'CONNECT', 'POST'].includes(textOf(child(field, 'protocol')))) {
    say(child(field, 'protocol'), 'must be CONNECT or POST')
  }
  const host = child(field, 'targetHost')
  if (!isFqdn(textOf(host)) && !isAddress(textOf(host))) say(host, 'must be a host or an address')
  checkPort(child(field, 'targetPort'))
}

function checkClientTls(field: Field): void {
  const mode = textOf(child(field, 'mode'))
  if (mode !== 'SIMPLE' && mode !== 'MUTUAL') return
  const has = (key: string): boolean =>
    isFilled(child(field, key)) && child(field, key).value !== ''
  if (child(field, 'insecureSkipVerify').value === true) {
    const checked = ['caCertificates', 'subjectAltNames'].concat(
      mode === 'SIMPLE' ? 'credentialName' : [],
    )
    for (const key of checked) {
      if (has(key)) say(child(field, key), 'may not stand beside `insecureSkipVerify`')
    }
  }
  if (has('credentialName')) {
    for (const key of ['clientCertificate', 'caCertificates', 'privateKey', 'caCrl']) {
      if (has(key)) say(child(field, key), 'may not stand beside `credentialName`')
    }
  } else if (mode === 'MUTUAL') {
    for (const key of ['clientCertificate', 'privateKey']) {
      if (!has(key)) say(field, `needs \`${key}\` with mode MUTUAL`)
    }
  }
}
