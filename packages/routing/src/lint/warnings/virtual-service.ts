import type { VirtualServiceView } from '../model/virtual-service.ts'
import type { Part } from '../part.ts'
import { isIpAddress } from './warn.ts'
import type { Warn } from './warn.ts'

/** What Istio's webhook warns of in a VirtualService (istio: validation.go, ValidateVirtualService). */
export function warnOfVirtualService({ spec, http }: VirtualServiceView, warn: Warn): void {
  warnOfOldNames(spec.get('gateways').list(), warn)
  for (const { part } of http) {
    if (part.get('mirrorPercent').exists)
      warn(part.get('mirrorPercent'), 'is deprecated; write mirrorPercentage')
    const body = part.get('directResponse', 'body')
    const size = (body.get('string').text ?? body.get('bytes').text ?? '').length
    if (size > 102_400 && size <= 1_048_576) warn(body, 'is large: every proxy and istiod hold it')
  }
  for (const match of spec
    .get('tls')
    .list()
    .flatMap((route) => route.get('match').list())) {
    for (const name of match.get('sniHosts').list())
      if (isIpAddress(name.text ?? '') && !isDomain(name.text ?? ''))
        warn(name, 'is an address: clients send names')
    warnOfOldNames(match.get('gateways').list(), warn)
  }
}

function warnOfOldNames(names: readonly Part[], warn: Warn): void {
  for (const name of names) {
    if (name.text?.includes('/') === true) continue
    if (name.text?.includes('.') === true)
      warn(name, 'is the old form of a name; write `NAMESPACE/NAME`')
    // Istio looks at no further one.
    return
  }
}

/** Of names that could be either, Istio takes those for hosts whose last label is no number. */
function isDomain(name: string): boolean {
  return !name.includes(':') && !/(?:^|\.)\d+$/.test(name)
}
