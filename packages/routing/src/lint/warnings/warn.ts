import type { Part } from '../part.ts'

/** Takes what Istio's webhook warns of. `because` goes on after the field's name: `is deprecated`. */
export type Warn = (at: Part, because: string) => void

/** Whether it is an address, of IPv4 or IPv6. */
export function isIpAddress(text: string): boolean {
  const parts = text.split('.')
  if (parts.length === 4 && parts.every((one) => /^\d{1,3}$/.test(one) && Number(one) < 256))
    return true
  return /^[\da-fA-F:.]*:[\da-fA-F:.]*$/.test(text) && text.split(':').length > 2
}

/** Whether a selector stands there without labels, which selects the whole namespace. */
export function selectsAll(selector: Part, labels: string): boolean {
  return selector.exists && selector.get(labels).entries().length === 0
}

/** Whether Istio refuses the selector, and then looks no further. */
export function isRefusedSelector(labels: Part): boolean {
  return labels
    .entries()
    .some(([key, { value }]) => key === '' || key.includes('*') || String(value).includes('*'))
}
