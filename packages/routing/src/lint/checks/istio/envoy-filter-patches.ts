import type { Check } from '../../check.ts'
import { Part } from '../../part.ts'
import { istio } from '../../world.ts'

/** What a patch does must fit what it is applied to, and must not turn on the order of filters. */
export const envoyFilterPatches: Check = {
  codes: ['IST0151', 'IST0152', 'IST0153', 'IST0154', 'IST0155'],
  run(world, report) {
    const withVersion = new Set<string>()
    for (const resource of world.of(istio, 'EnvoyFilter')) {
      const spec = Part.of(resource).get('spec')
      const hasPriority = (spec.get('priority').number ?? 0) !== 0
      for (const entry of spec.get('configPatches').list()) {
        if (!entry.get('patch').exists) break
        const at = entry.get('patch', 'operation')
        const applyTo = entry.get('applyTo').text ?? ''
        const operation = at.text ?? ''
        const name = patchedName(entry)
        const routes = applyTo === 'ROUTE_CONFIGURATION' || applyTo === 'HTTP_ROUTE'
        if (operation === 'ADD' && routes)
          report({
            code: 'IST0153',
            at,
            message: `Istio ignores ADD for ${applyTo}; use MERGE, or INSERT_FIRST for routes`,
          })
        else if (operation === 'REMOVE' && routes)
          report({
            code: 'IST0154',
            at,
            message: `Istio ignores REMOVE for ${applyTo}; remove the patch`,
          })
        else if (operation === 'REPLACE' && !replaceable.has(applyTo))
          report({
            code: 'IST0152',
            at,
            message: `REPLACE works for HTTP_FILTER, NETWORK_FILTER and VIRTUAL_HOST only, not for ${applyTo}; use MERGE`,
          })
        else if (relative.has(operation) && !hasPriority) {
          const code = withVersion.has(name) ? 'IST0155' : 'IST0151'
          const versioned = code === 'IST0155' ? ', and a patch for one proxyVersion before it' : ''
          report({
            code,
            at,
            message: `${operation} without \`priority\`${versioned} depends on which EnvoyFilter comes first, and may do nothing; use INSERT_FIRST or ADD, or set spec.priority`,
          })
        }
        if (entry.get('match', 'proxy', 'proxyVersion').text !== null) withVersion.add(name)
      }
    }
  },
}

const replaceable: ReadonlySet<string> = new Set(['HTTP_FILTER', 'NETWORK_FILTER', 'VIRTUAL_HOST'])

const relative: ReadonlySet<string> = new Set([
  'REMOVE',
  'REPLACE',
  'INSERT_BEFORE',
  'INSERT_AFTER',
])

/** By what Istio's analyzer tells patches apart: the name in the value, else that of the filter matched. */
function patchedName(entry: Part): string {
  const value = entry.get('patch', 'value')
  if (!value.exists) return ''
  const name = value.get('name')
  if (name.exists) return JSON.stringify(name.value)
  return entry.get('match', 'listener', 'filterChain', 'filter', 'name').text ?? ''
}
