import type { Route } from '@traffic-lanes/routing'
import { any } from './json.ts'
import type { JsonObject } from './json.ts'
import { stringMatch } from './match.ts'

/** The filter that the connection manager must have for a route's CORS policy. */
export const CORS_FILTER = 'envoy.filters.http.cors'

/** Which preflights the proxy answers itself. What it puts into the answer, the engine does not keep. */
export function corsPolicy({
  allowOrigins,
  forwardsUnmatched,
}: NonNullable<Route['cors']>): JsonObject {
  const origins = allowOrigins.flatMap((origin) =>
    origin.kind === 'present' ? [] : [stringMatch(origin)],
  )
  return any('envoy.extensions.filters.http.cors.v3.CorsPolicy', {
    allow_origin_string_match: origins,
    forward_not_matching_preflights: forwardsUnmatched,
  })
}
