import { child, isPresent, readList } from '../../manifest/read.ts'
import type { Field } from '../../manifest/read.ts'
import { isAddress } from '../address.ts'
import { hostIsWithin, isWildcard } from '../host.ts'
import { checkDestination, checkWeights } from './destination.ts'
import { checkExportTo } from './export-to.ts'
import { checkGatewayNames } from './gateway-names.ts'
import { checkHttpRoute } from './http-route.ts'
import { checkLabels, checkPort, checkSubnet, isClusterSni, isWildcardDomain } from './names.ts'
import { isFilled, numberOf, say, textOf } from './say.ts'

/** Checks a VirtualService (istio: pkg/config/validation, ValidateVirtualService). */
export function checkVirtualService(spec: Field, namespace: string): void {
  const hosts = readList(child(spec, 'hosts'))
  const gateways = child(spec, 'gateways')
  const isDelegate = hosts.length === 0
  const names = readList(gateways).map(textOf)
  const isForMesh = names.length === 0 || names.includes('mesh')
  for (const key of isDelegate ? ['gateways', 'tls', 'tcp'] : []) {
    if (isFilled(child(spec, key))) {
      say(child(spec, key), 'may not stand in a delegate, which has no hosts')
    }
  }
  checkGatewayNames(gateways)
  checkHosts(hosts, isForMesh, hasSniHosts(spec))
  if (!['http', 'tls', 'tcp'].some((key) => isFilled(child(spec, key)))) {
    say(spec, 'needs one of `http`, `tls` and `tcp`')
  }
  for (const rule of readList(child(spec, 'http'))) {
    checkHttpRoute(rule, { isDelegate, mayMatchClaims: !isForMesh })
  }
  for (const rule of readList(child(spec, 'tls'))) checkTlsRoute(rule, spec)
  for (const rule of readList(child(spec, 'tcp'))) checkTcpRoute(rule)
  checkExportTo(child(spec, 'exportTo'), { namespace })
}

function checkHosts(hosts: readonly Field[], isForMesh: boolean, hasSni: boolean): void {
  let areValid = true
  const refuse = (host: Field, because: string): void => {
    areValid = false
    say(host, because)
  }
  for (const host of hosts) {
    const text = textOf(host)
    if (isAddress(text)) continue
    const isKnown = isWildcardDomain(text) || (!isForMesh && hasSni && isClusterSni(text))
    if (!isKnown) refuse(host, `is no host, got ${JSON.stringify(text)}`)
    else if (isForMesh && text === '*') refuse(host, 'must not be "*" in the mesh')
  }
  if (areValid) checkOverlaps(hosts)
}

/** No two hosts may have a name in common; there can be thousands of them. */
function checkOverlaps(hosts: readonly Field[]): void {
  const exact = new Set<string>()
  // What stands behind the asterisk, and whose it is.
  const wildcards = new Map<string, Field>()
  for (const host of hosts) {
    const text = textOf(host)
    const suffix = text.slice(1)
    if (isWildcard(text) && !wildcards.has(suffix)) wildcards.set(suffix, host)
  }
  for (const host of hosts) {
    const text = textOf(host)
    if (exact.has(text)) say(host, 'is written a second time')
    if (!isWildcard(text)) exact.add(text)
    const name = isWildcard(text) ? text.slice(1) : text
    for (let at = 0; at <= name.length; at += 1) {
      const twin = wildcards.get(name.slice(at))
      if (twin === undefined || twin === host) continue
      say(host, `is one of ${JSON.stringify(textOf(twin))}`)
      break
    }
  }
}

function hasSniHosts(spec: Field): boolean {
  return readList(child(spec, 'tls')).some((rule) =>
    readList(child(rule, 'match')).some((match) => isFilled(child(match, 'sniHosts'))),
  )
}

function checkTlsRoute(rule: Field, spec: Field): void {
  const matches = readList(child(rule, 'match'))
  if (matches.length === 0) say(rule, 'needs a `match`')
  for (const match of matches) {
    const names = readList(child(match, 'sniHosts'))
    if (names.length === 0) say(match, 'needs `sniHosts`')
    for (const name of names) checkSniHost(name, spec)
    checkConnection(match)
  }
  checkRoute(rule)
}

function checkSniHost(field: Field, spec: Field): void {
  const name = textOf(field)
  // Here no gateways count as gateways (istio: isGateway).
  const isForGateways = !readList(child(spec, 'gateways')).some((one) => textOf(one) === 'mesh')
  if (!isWildcardDomain(name) && !(isForGateways && isClusterSni(name))) {
    if (!isAddress(name)) say(field, `is no host, got ${JSON.stringify(name)}`)
    return
  }
  const hosts = readList(child(spec, 'hosts')).map(textOf)
  if (!hosts.some((host) => hostIsWithin(name, host))) say(field, 'is none of the `hosts`')
}

function checkTcpRoute(rule: Field): void {
  for (const match of readList(child(rule, 'match'))) checkConnection(match)
  checkRoute(rule)
}

function checkConnection(match: Field): void {
  for (const subnet of readList(child(match, 'destinationSubnets'))) checkSubnet(subnet)
  if (numberOf(child(match, 'port')) !== 0) checkPort(child(match, 'port'))
  checkLabels(child(match, 'sourceLabels'))
  checkGatewayNames(child(match, 'gateways'))
}

function checkRoute(rule: Field): void {
  const route = child(rule, 'route')
  const destinations = readList(route).map((one) => child(one, 'destination'))
  if (destinations.length === 0) say(rule, 'needs a `route`')
  for (const one of destinations) {
    if (isPresent(one)) checkDestination(one)
    else say(one, 'is missing')
  }
  checkWeights(route)
}
