import { readEntries } from '../../manifest/read.ts'
import type { Field } from '../../manifest/read.ts'
import { isAddress, parseSubnet } from '../address.ts'
import { parseProtocol } from '../protocol.ts'
import { numberOf, say, textOf } from './say.ts'

/** Whether the text is a DNS label as Istio has it, capitals and all (istio: pkg/config/labels, IsDNS1123Label). */
export function isLabel(text: string): boolean {
  return text.length <= longestLabel && labelPattern.test(text)
}

/** A DNS name without an asterisk. */
export function isFqdn(text: string): boolean {
  return text.length <= longestName && fqdnPattern.test(text) && !endsInNumber.test(text)
}

/** A DNS name whose first label may be or begin with an asterisk (istio: ValidateWildcardDomain). */
export function isWildcardDomain(text: string): boolean {
  if (text === '' || text.length > longestName) return false
  const [first = '', ...rest] = text.split('.')
  const isFirst = first.length <= longestLabel && wildcardPattern.test(first)
  return isFirst && (rest.length === 0 || isFqdn(rest.join('.')))
}

/** `outbound_.80_._.shop.town.svc.cluster.local`: the name in the handshake between clusters. */
export function isClusterSni(text: string): boolean {
  if (!text.startsWith('outbound_') || text.length > longestName) return false
  const [, port, , host] = text.split('_')
  return host !== undefined && /\d/.test(port ?? '') && /[a-z]/i.test(host)
}

/** `10.0.0.0/8` or an address. */
export function checkSubnet(field: Field): void {
  if (parseSubnet(textOf(field)) === null) say(field, 'must be an address or a CIDR block')
}

export function checkAddress(field: Field): void {
  if (!isAddress(textOf(field))) say(field, 'must be an IP address')
}

/** A port that must be there. */
export function checkPort(field: Field): void {
  const port = numberOf(field)
  if (port < 1 || port > 65_535) say(field, `must be from 1 to 65535, got ${port}`)
}

export function checkPortName(field: Field, name = textOf(field)): void {
  if (!isLabel(name)) say(field, `must be named by a DNS label, got ${JSON.stringify(name)}`)
}

/** A protocol that Istio knows, or none, which stands for sniffing. */
export function checkProtocol(field: Field): void {
  const text = textOf(field)
  if (text !== '' && parseProtocol(text) === 'auto') {
    say(field, `is no protocol that Istio knows, got ${JSON.stringify(text)}`)
  }
}

/** Labels of Kubernetes (istio: pkg/config/labels, Instance.Validate). */
export function checkLabels(field: Field): void {
  for (const [key, entry] of readEntries(field)) {
    const slash = key.lastIndexOf('/')
    const prefix = key.slice(0, Math.max(slash, 0))
    const isKey =
      key.length - slash - 1 <= longestLabel &&
      qualifiedPattern.test(key.slice(slash + 1)) &&
      (slash === -1 ||
        (prefix.length <= longestPrefix &&
          prefix.split('.').every((one) => labelPattern.test(one))))
    if (!isKey) say(entry, 'is no key of a label')
    const value = textOf(entry)
    if (value !== '' && !qualifiedPattern.test(value)) say(entry, 'is no value of a label')
  }
}

const longestLabel = 63
const longestName = 255
const longestPrefix = 253
const endsInNumber = /(?:^|\.)\d{1,18}$/
const labelPattern = /^[a-z\d](?:[-a-z\d]*[a-z\d])?$/i
/** `istio.io.` leaves no doubt. */
const fqdnPattern =
  /^[a-z\d](?:[-a-z\d]{0,61}[a-z\d])?(?:\.[a-z\d](?:[-a-z\d]{0,61}[a-z\d])?)*\.?$/i
const wildcardPattern = /^(?:\*|(?:\*-?)?[a-z\d](?:[-a-z\d]*[a-z\d])?)$/i
const qualifiedPattern = /^[a-z\d](?:[-\w.]*[a-z\d])?$/i
