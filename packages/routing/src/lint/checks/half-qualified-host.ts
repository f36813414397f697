import { serviceHost } from '../../mesh/host.ts'
import type { Check } from '../check.ts'
import type { Part } from '../part.ts'

/** Istio completes names without a dot only. */
export const halfQualifiedHost: Check = {
  codes: ['TL008'],
  run(world, report) {
    const check = (part: Part, what: string): void => {
      const full = completed(part.text ?? '')
      if (full === null || !world.services().has(full)) return
      report({
        code: 'TL008',
        at: part,
        message: `${what} ${JSON.stringify(part.text)} is not completed to ${full}, and ${consequence(what)}. Write ${full}`,
      })
    }
    for (const rule of world.virtualServices()) {
      for (const { part } of rule.hosts) check(part, 'host')
      for (const { destinations } of rule.http) {
        for (const { part } of destinations) check(part, 'destination')
      }
    }
    for (const { spec } of world.destinationRules()) check(spec.get('host'), 'host')
  },
}

function completed(host: string): string | null {
  const [name, namespace, svc, ...rest] = host.split('.')
  if (name === undefined || namespace === undefined || rest.length > 0) return null
  return svc === undefined || svc === 'svc' ? serviceHost(name, namespace) : null
}

function consequence(what: string): string {
  return what === 'host'
    ? 'so this rule holds for no Service'
    : 'there is no cluster of that name: 503 NC'
}
