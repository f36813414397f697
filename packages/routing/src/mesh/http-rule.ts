import type { Retries } from '../decision.ts'
import type { CorsPolicy } from './cors.ts'
import type { FaultPolicy } from './fault.ts'
import type { RouteHeaders } from './header-operations.ts'
import { noRouteHeaders } from './header-operations.ts'
import { httpMatch } from './http-match.ts'
import type { HttpMatch } from './http-match.ts'
import type { Destination } from './destination.ts'
import type { Origin } from './origin.ts'
import type { Regex } from './regex.ts'
import type { WrittenRule } from './written-rule.ts'

/** One `http[]` entry of a VirtualService, complete. */
export interface HttpRule {
  readonly name: string | null
  /** One of them must match; empty: every request does. */
  readonly matches: readonly HttpMatch[]
  readonly action: RuleAction
  readonly headers: RouteHeaders
  readonly fault: FaultPolicy | null
  readonly cors: CorsPolicy | null
  readonly origin: Origin
}

/** What a rule does with a request. */
export type RuleAction =
  | {
      readonly kind: 'forward'
      readonly destinations: readonly RuleDestination[]
      readonly mirrors: readonly RuleMirror[]
      readonly rewrite: Rewrite
      /** Milliseconds; null: no limit. */
      readonly timeout: number | null
      readonly retries: Retries | null
    }
  | RuleRedirect
  | RuleResponse

/** A `redirect`. */
export interface RuleRedirect {
  readonly kind: 'redirect'
  readonly status: number
  readonly uri: string | null
  /** What takes the place of the prefix that matched; only Gateway API routes have one. */
  readonly prefixRewrite?: string | null
  readonly authority: string | null
  readonly scheme: string | null
  /** A number, or the port that the request came in on. */
  readonly port: number | 'request' | null
}

/** A `directResponse`. */
export interface RuleResponse {
  readonly kind: 'respond'
  readonly status: number
  readonly body: string
}

/** One `route[]` entry. */
export interface RuleDestination extends Destination {
  readonly weight: number
  readonly headers: RouteHeaders
}

/** A `mirror`, or one of `mirrors`. */
export interface RuleMirror extends Destination {
  /** How many of 100 requests are copied; above 0. */
  readonly percent: number
}

/** A new path or Host. */
export interface Rewrite {
  readonly path: PathRewrite | null
  readonly authority: string | null
}

export type PathRewrite =
  | { readonly kind: 'prefix'; readonly value: string }
  | { readonly kind: 'regex'; readonly regex: Regex; readonly substitution: string }

/**
 * The rule that a written one stands for: the mesh's defaults fill in what it leaves out. Null: it does
 * nothing, as an entry that only delegates (istio: route.go, TranslateRoute).
 */
export function httpRule(written: WrittenRule, defaultRetries: Retries | null): HttpRule | null {
  const action = actionOf(written, defaultRetries)
  if (action === null) return null
  const { name, matches, headers, fault, cors, origin } = written
  return {
    name,
    matches: matches.map(httpMatch),
    action,
    headers: headers ?? noRouteHeaders,
    fault,
    cors,
    origin,
  }
}

function actionOf(written: WrittenRule, defaultRetries: Retries | null): RuleAction | null {
  if (written.redirect !== null) return written.redirect
  if (written.response !== null) return written.response
  const { destinations, rewrite, timeout, retries } = written
  if (destinations.length === 0) return null
  return {
    kind: 'forward',
    destinations,
    mirrors: mirrorsOf(written),
    rewrite: rewrite ?? { path: null, authority: null },
    timeout: timeout === 0 ? null : timeout,
    retries: retries === 'off' ? null : (retries ?? defaultRetries),
  }
}

/** The older `mirror` comes first; a percentage of 0 mirrors nothing (istio: route.go, MirrorPercent). */
function mirrorsOf({
  mirror,
  mirrorPercentage,
  mirrorPercent,
  mirrors,
}: WrittenRule): RuleMirror[] {
  const percent = mirrorPercentage ?? mirrorPercent ?? 100
  const first = mirror === null ? [] : [{ ...mirror, percent }]
  return [...first, ...(mirrors ?? [])].filter((one) => one.percent > 0)
}
