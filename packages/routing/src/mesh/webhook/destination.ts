import { child, isPresent, readList } from '../../manifest/read.ts'
import type { Field } from '../../manifest/read.ts'
import { checkPort, isLabel, isWildcardDomain } from './names.ts'
import { numberOf, say, textOf } from './say.ts'

/** Checks a destination, where there is one (istio: pkg/config/validation, validateDestination). */
export function checkDestination(field: Field): void {
  if (!isPresent(field)) return
  const host = child(field, 'host')
  if (textOf(host) === '*' || !isWildcardDomain(textOf(host))) {
    say(host, `is no host of a Service, got ${JSON.stringify(textOf(host))}`)
  }
  const subset = child(field, 'subset')
  if (textOf(subset) !== '' && !isLabel(textOf(subset))) say(subset, 'must be a DNS label')
  const port = child(field, 'port')
  if (isPresent(port)) checkPort(child(port, 'number'))
}

/** Several destinations need a weight among them. */
export function checkWeights(route: Field): void {
  const entries = readList(route)
  const weights = entries.map((entry) => child(entry, 'weight'))
  for (const weight of weights) if (numberOf(weight) < 0) say(weight, 'must not be negative')
  const total = weights.reduce((sum, weight) => sum + numberOf(weight), 0)
  if (entries.length > 1 && total === 0) say(route, 'has no weight')
}
