import type { Check } from '../../check.ts'
import type { Part } from '../../part.ts'

/** TLS without a CA takes any certificate for the right one. */
export const upstreamCertificates: Check = {
  codes: ['IST0128', 'IST0129'],
  run(world, report) {
    for (const { spec } of world.destinationRules()) {
      const selected = spec.get('workloadSelector').exists
      const check = (policy: Part, code: 'IST0128' | 'IST0129', where: string): void => {
        const tls = policy.get('tls')
        const mode = tls.get('mode').text
        if (mode !== 'SIMPLE' && mode !== 'MUTUAL') return
        if (tls.get('caCertificates').text !== null) return
        if (selected && tls.get('credentialName').text !== null) return
        report({
          code,
          at: tls.get('mode'),
          message: `TLS mode ${mode} without caCertificates checks no certificate${where}: anyone can pose as the server. Name the CA's file in caCertificates`,
        })
      }
      const policy = spec.get('trafficPolicy')
      check(policy, 'IST0128', '')
      for (const port of policy.get('portLevelSettings').list())
        check(port, 'IST0129', ` on port ${port.get('port', 'number').number ?? 0}`)
    }
  },
}
