import { child, isPresent, readList } from '../../manifest/read.ts'
import type { Field } from '../../manifest/read.ts'
import { isAddress } from '../address.ts'
import { isHttp, isTls, parseProtocol } from '../protocol.ts'
import { checkSelector } from './destination-rule.ts'
import { checkExportTo } from './export-to.ts'
import {
  checkLabels,
  checkPort,
  checkPortName,
  checkProtocol,
  checkSubnet,
  isFqdn,
  isWildcardDomain,
} from './names.ts'
import { isFilled, numberOf, say, textOf } from './say.ts'
import { checkEntryPorts, checkWorkloadEntry } from './workload-entry.ts'

/** Checks a ServiceEntry (istio: pkg/config/validation, ValidateServiceEntry). */
export function checkServiceEntry(spec: Field, namespace: string): void {
  checkSelector(child(child(spec, 'workloadSelector'), 'labels'))
  const endpoints = child(spec, 'endpoints')
  if (isPresent(child(spec, 'workloadSelector')) && isFilled(endpoints)) {
    say(endpoints, 'may not stand beside `workloadSelector`')
  }
  const hosts = readList(child(spec, 'hosts'))
  if (hosts.length === 0) say(spec, 'needs `hosts`')
  for (const host of hosts) {
    const text = textOf(host)
    if (text === '*' || !isWildcardDomain(text))
      say(host, `is no host, got ${JSON.stringify(text)}`)
  }
  const resolution = textOf(child(spec, 'resolution')) || 'NONE'
  for (const address of readList(child(spec, 'addresses'))) {
    checkSubnet(address)
    if (textOf(address).includes('/') && !['NONE', 'STATIC'].includes(resolution)) {
      say(address, `must be an address with resolution ${resolution}`)
    }
  }
  const ports = readList(child(spec, 'ports'))
  const names = checkPorts(ports)
  checkResolution(spec, resolution, names)
  const isApart = ports.every((port) => {
    const protocol = parseProtocol(textOf(child(port, 'protocol')))
    return isHttp(protocol) || isTls(protocol)
  })
  if (resolution !== 'NONE' && hosts.length > 1 && !isApart) {
    say(child(spec, 'hosts'), 'must be one only, for bytes do not tell hosts apart')
  }
  checkExportTo(child(spec, 'exportTo'), { namespace, mayBeNobody: true })
}

function checkPorts(ports: readonly Field[]): Set<string> {
  const names = new Set<string>()
  const numbers = new Set<number>()
  for (const port of ports) {
    const name = child(port, 'name')
    const number = child(port, 'number')
    if (names.has(textOf(name))) say(name, 'is the name of an earlier port')
    if (numbers.has(numberOf(number))) say(number, 'is the number of an earlier port')
    names.add(textOf(name))
    numbers.add(numberOf(number))
    checkPortName(name)
    checkProtocol(child(port, 'protocol'))
    checkPort(number)
    if (numberOf(child(port, 'targetPort')) !== 0) checkPort(child(port, 'targetPort'))
  }
  return names
}

function checkResolution(spec: Field, resolution: string, ports: ReadonlySet<string>): void {
  const endpoints = child(spec, 'endpoints')
  const hosts = readList(child(spec, 'hosts'))
  if (resolution === 'NONE') {
    if (isFilled(endpoints)) say(endpoints, 'may not stand beside resolution NONE')
  } else if (resolution === 'STATIC') {
    for (const one of readList(endpoints)) checkWorkloadEntry(one, { ports, mayBeName: false })
  } else if (resolution === 'DYNAMIC_DNS') {
    checkDynamic(spec, hosts)
  } else {
    for (const host of isFilled(endpoints) ? [] : hosts) {
      if (!isFqdn(textOf(host))) say(host, `must be a full name with resolution ${resolution}`)
    }
    if (resolution === 'DNS_ROUND_ROBIN' && readList(endpoints).length > 1) {
      say(endpoints, 'must be one only with resolution DNS_ROUND_ROBIN')
    }
    for (const one of readList(endpoints)) checkNamedEndpoint(one, ports)
  }
}

function checkNamedEndpoint(field: Field, ports: ReadonlySet<string>): void {
  const address = child(field, 'address')
  if (!isAddress(textOf(address)) && !isFqdn(textOf(address))) {
    say(address, 'must be an IP address or a host')
  }
  checkLabels(child(field, 'labels'))
  checkEntryPorts(child(field, 'ports'), ports)
}

function checkDynamic(spec: Field, hosts: readonly Field[]): void {
  for (const host of hosts) {
    if (!textOf(host).startsWith('*')) say(host, 'must begin with "*" with resolution DYNAMIC_DNS')
  }
  for (const key of ['addresses', 'endpoints']) {
    if (isFilled(child(spec, key))) {
      say(child(spec, key), 'may not stand beside resolution DYNAMIC_DNS')
    }
  }
  for (const port of readList(child(spec, 'ports'))) {
    const protocol = child(port, 'protocol')
    if (!['http', 'tls', 'grpc', 'http2'].includes(parseProtocol(textOf(protocol)))) {
      say(protocol, 'must be HTTP, HTTP2, GRPC or TLS with resolution DYNAMIC_DNS')
    }
  }
}
