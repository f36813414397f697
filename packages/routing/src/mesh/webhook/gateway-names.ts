import { readList } from '../../manifest/read.ts'
import type { Field } from '../../manifest/read.ts'
import { isFqdn, isLabel } from './names.ts'
import { say, textOf } from './say.ts'

/**
 * Checks the names of gateways: `mesh`, `NAMESPACE/NAME`, or a name alone. What follows on a name alone is
 * not looked at (istio: pkg/config/validation, validateGatewayNames).
 */
export function checkGatewayNames(field: Field): void {
  for (const entry of readList(field)) {
    const text = textOf(entry)
    const slash = text.indexOf('/')
    if (slash === -1) {
      if (!isFqdn(text)) say(entry, 'is no name of a gateway')
      return
    }
    if (!isLabel(text.slice(0, slash)) || !isLabel(text.slice(slash + 1))) {
      say(entry, 'must be NAMESPACE/NAME, both of them DNS labels')
    }
  }
}
