import { selects } from '../mesh/labels.ts'
import type { Labels } from '../mesh/labels.ts'
import type { LabelSelector } from './kubernetes-gateway.ts'

/** Whether the labels are as wanted (Kubernetes: apimachinery, LabelSelectorAsSelector). */
export function matchesSelector(
  { matchLabels, matchExpressions }: LabelSelector,
  labels: Labels,
): boolean {
  if (!selects(matchLabels, labels)) return false
  return matchExpressions.every(({ key, operator, values }) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined
    if (operator === 'Exists') return value !== undefined
    if (operator === 'DoesNotExist') return value === undefined
    if (operator === 'In') return value !== undefined && values.includes(value)
    return value === undefined || !values.includes(value)
  })
}
