import type { Check } from '../../check.ts'
import { Part } from '../../part.ts'
import { istio } from '../../world.ts'

/** Fields that Istio keeps for old manifests only. */
export const deprecatedFields: Check = {
  codes: ['IST0002'],
  run(world, report) {
    for (const { http } of world.virtualServices()) {
      for (const { part } of http) {
        const at = part.get('fault', 'delay', 'percent')
        if ((at.number ?? 0) <= 0) continue
        report({
          code: 'IST0002',
          at,
          key: true,
          message: `fault.delay.percent is deprecated; write \`percentage: { value: ${at.number} }\``,
        })
      }
    }
    for (const sidecar of world.of(istio, 'Sidecar')) {
      const at = Part.of(sidecar).get('spec', 'outboundTrafficPolicy', 'egressProxy')
      if (!at.exists) continue
      report({
        code: 'IST0002',
        at,
        key: true,
        message: 'outboundTrafficPolicy.egressProxy is ignored; remove it',
      })
    }
  },
}
