import { child, isPresent, readEntries, readList } from '../../manifest/read.ts'
import type { Field } from '../../manifest/read.ts'
import { checkExportTo } from './export-to.ts'
import { checkLabels, isLabel, isWildcardDomain } from './names.ts'
import { say, textOf } from './say.ts'
import { checkTrafficPolicy } from './traffic-policy.ts'

/** Checks a DestinationRule (istio: pkg/config/validation, ValidateDestinationRule). */
export function checkDestinationRule(spec: Field, namespace: string): void {
  const host = child(spec, 'host')
  if (!isWildcardDomain(textOf(host))) {
    say(host, `is no host, got ${JSON.stringify(textOf(host))}`)
  }
  checkTrafficPolicy(child(spec, 'trafficPolicy'))
  const names = new Set<string>()
  for (const subset of readList(child(spec, 'subsets'))) {
    const field = child(subset, 'name')
    const name = textOf(field)
    if (!isLabel(name)) say(field, `must be a DNS label, got ${JSON.stringify(name)}`)
    if (names.has(name)) say(field, 'is the name of an earlier subset')
    names.add(name)
    checkLabels(child(subset, 'labels'))
    checkTrafficPolicy(child(subset, 'trafficPolicy'))
  }
  const selector = child(spec, 'workloadSelector')
  checkExportTo(child(spec, 'exportTo'), { namespace, mustStay: isPresent(selector) })
  checkSelector(child(selector, 'matchLabels'))
}

/** Checks the labels of a selector, which may hold no asterisk. */
export function checkSelector(labels: Field): void {
  for (const [key, entry] of readEntries(labels)) {
    if (key === '' || key.includes('*') || textOf(entry).includes('*')) {
      say(entry, 'must be a label without an asterisk')
    }
  }
}
