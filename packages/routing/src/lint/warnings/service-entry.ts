import type { ServiceEntryView } from '../model/service-entry.ts'
import { isRefusedSelector, selectsAll } from './warn.ts'
import type { Warn } from './warn.ts'

/** What Istio's webhook warns of in a ServiceEntry (istio: validation.go, ValidateServiceEntry). */
export function warnOfServiceEntry({ spec, ports }: ServiceEntryView, warn: Warn): void {
  const selector = spec.get('workloadSelector')
  const resolution = spec.get('resolution').text ?? 'NONE'
  const hosts = spec.get('hosts').list()
  const hasAddresses = spec.get('addresses').list().length > 0
  if (isRefusedSelector(selector.get('labels'))) return
  if (selectsAll(selector, 'labels'))
    warn(selector, 'has no labels, so that it holds for the whole namespace')
  for (const host of hosts) {
    const name = host.text ?? ''
    const isPartial = name.includes('*') && name !== '*' && !name.startsWith('*.')
    if (isPartial && resolution !== 'DYNAMIC_DNS')
      warn(host, 'can have a wildcard for whole labels only')
  }
  if (resolution === 'NONE') {
    if (selector.exists) warn(selector, 'does nothing: the resolution is NONE')
    // Others get an address by themselves.
    for (const { protocol, part } of hasAddresses ? [] : ports)
      if (protocol === '' || protocol === 'TCP')
        warn(part, 'carries bytes, which need `addresses` to be told apart')
  }
  if (resolution === 'STATIC') {
    for (const endpoint of spec.get('endpoints').list())
      if (endpoint.get('address').text === null && endpoint.get('network').text !== null)
        warn(endpoint, 'has a network and no address')
  }
  const bytes = ports.find(({ protocol }) =>
    /^(?:tcp|https|tls|mongo|redis|mysql)$/i.test(protocol),
  )
  if (resolution.startsWith('DNS') && hasAddresses && hosts.length > 1 && bytes !== undefined)
    warn(bytes.part, 'carries bytes for several hosts at one address')
}
