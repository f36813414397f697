import type { CorsPolicy } from '../mesh/cors.ts'
import { stringMatches } from '../mesh/string-match.ts'
import type { RequestView } from './request-view.ts'

/**
 * Whether the proxy answers a preflight itself: one from an origin that the policy allows, or from any other
 * where the policy keeps those back (Envoy: source/extensions/filters/http/cors/cors_filter.cc).
 */
export function answersPreflight(policy: CorsPolicy, view: RequestView): boolean {
  const [method] = view.header(':method') ?? []
  const [origin = ''] = view.header('origin') ?? []
  const [asked = ''] = view.header('access-control-request-method') ?? []
  if (method !== 'OPTIONS' || origin === '' || asked === '') return false
  const isAllowed = policy.allowOrigins.some((one) => stringMatches(one, origin))
  return isAllowed || !policy.forwardsUnmatched
}
