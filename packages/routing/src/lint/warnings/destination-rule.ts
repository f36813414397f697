import type { DestinationRuleView } from '../model/destination-rule.ts'
import { selectsAll } from './warn.ts'
import type { Warn } from './warn.ts'

/**
 * What Istio's webhook warns of in a DestinationRule (istio: validation.go, ValidateDestinationRule). It drops
 * the warnings about subsets and single ports.
 */
export function warnOfDestinationRule({ spec }: DestinationRuleView, warn: Warn): void {
  const policy = spec.get('trafficPolicy')
  const outlier = policy.get('outlierDetection')
  const balancer = policy.get('loadBalancer')
  const selector = spec.get('workloadSelector')
  if (selectsAll(selector, 'matchLabels')) warn(selector, 'has no labels')
  if (policy.get('tunnel').exists && policy.get('proxyProtocol').exists) return
  const errors = outlier.get('consecutiveErrors')
  if ((errors.number ?? 0) !== 0)
    warn(errors, 'is deprecated; write consecutive5xxErrors or consecutiveGatewayErrors')
  const ring = balancer.get('consistentHash', 'minimumRingSize')
  if ((ring.number ?? 0) !== 0) warn(ring, 'is deprecated; write ringHash')
  const locality = balancer.get('localityLbSetting')
  const failsOver = ['failover', 'failoverPriority'].some(
    (key) => locality.get(key).list().length > 0,
  )
  if (failsOver && !outlier.exists && locality.get('distribute').list().length === 0)
    warn(locality, 'fails over only with `outlierDetection`')
}
