import type { Retries } from '../decision.ts'
import {
  pathOf,
  attempt,
  child,
  isPresent,
  readList,
  readOptionalInteger,
  readOptionalPort,
  readOptionalString,
  readString,
  readStringMap,
  readStrings,
  readText,
  refuse,
} from '../manifest/read.ts'
import type { Field } from '../manifest/read.ts'
import type { Path } from '../manifest/resource.ts'
import { readDuration } from './duration.ts'
import { readFault } from './fault.ts'
import type { FaultPolicy } from './fault.ts'
import { readRouteHeaders } from './header-operations.ts'
import type { RouteHeaders } from './header-operations.ts'
import { resolveGateway, resolveHost } from './host.ts'
import type { Labels } from './labels.ts'
import type { MeshConfig } from './mesh-config.ts'
import type { Regex } from './regex.ts'
import { readRetries } from './retries.ts'
import { readRouteMatch } from './route-match.ts'
import type { RouteMatch } from './route-match.ts'
import { readRegex } from './string-match.ts'

/** One `http[]` entry of a VirtualService. */
export interface HttpRule {
  readonly name: string | null
  /** One of them must match; empty: every request does. */
  readonly matches: readonly HttpMatch[]
  readonly action: RuleAction
  readonly headers: RouteHeaders
  readonly fault: FaultPolicy | null
  /** Where the entry stands in its resource. */
  readonly path: Path
}

/** One `match[]` entry. All but `request` is decided when a proxy is configured, not for each request. */
export interface HttpMatch {
  readonly name: string | null
  readonly request: RouteMatch
  /** `mesh` or `NAMESPACE/NAME`; where there are any, the source is not looked at. */
  readonly gateways: readonly string[]
  readonly port: number | null
  readonly sourceLabels: Labels
  readonly sourceNamespace: string | null
  readonly path: Path
}

/** What a rule does with a request. */
export type RuleAction =
  | {
      readonly kind: 'forward'
      readonly destinations: readonly RuleDestination[]
      readonly rewrite: Rewrite
      /** Milliseconds; null: no limit. */
      readonly timeout: number | null
      readonly retries: Retries | null
    }
  | {
      readonly kind: 'redirect'
      readonly status: number
      readonly uri: string | null
      readonly authority: string | null
      readonly scheme: string | null
      /** A number, or the port that the request came in on. */
      readonly port: number | 'request' | null
    }
  | { readonly kind: 'respond'; readonly status: number; readonly body: string }

/** One `route[]` entry. */
export interface RuleDestination {
  /** As Istio completes it: `testbbb.test-istio.svc.cluster.local`. */
  readonly host: string
  readonly port: number | null
  readonly subset: string | null
  readonly weight: number
  readonly headers: RouteHeaders
}

/** A new path or Host. */
interface Rewrite {
  readonly path: PathRewrite | null
  readonly authority: string | null
}

export type PathRewrite =
  | { readonly kind: 'prefix'; readonly value: string }
  | { readonly kind: 'regex'; readonly regex: Regex; readonly substitution: string }

/** Where a rule stands. */
export interface RuleContext {
  /** In which its short names are completed. */
  readonly namespace: string
  readonly config: MeshConfig
}

/**
 * Reads one `http[]` entry of a VirtualService in `namespace`. Null: it delegates, which is not modelled
 * yet, and Istio leaves out a route whose delegate it does not find. An entry of `match` that cannot be
 * read is left out; a rule that loses all of them is left out too, since it would match everything.
 */
export function readHttpRule(field: Field, context: RuleContext): HttpRule | null {
  const { namespace } = context
  if (isPresent(child(field, 'delegate'))) return null
  const written = readList(child(field, 'match'))
  const matches = written.flatMap((entry) => {
    const match = attempt(() => readHttpMatch(entry, namespace))
    return match === undefined ? [] : [match]
  })
  if (written.length > 0 && matches.length === 0) return null
  return {
    name: readText(child(field, 'name')),
    matches,
    action: readAction(field, context),
    headers: readRouteHeaders(child(field, 'headers')),
    fault: readFault(child(field, 'fault')),
    path: pathOf(field),
  }
}

function readHttpMatch(field: Field, namespace: string): HttpMatch {
  return {
    name: readText(child(field, 'name')),
    request: readRouteMatch(field),
    gateways: readStrings(child(field, 'gateways')).map((one) => resolveGateway(one, namespace)),
    port: readOptionalPort(child(field, 'port')),
    sourceLabels: readStringMap(child(field, 'sourceLabels')),
    sourceNamespace: readText(child(field, 'sourceNamespace')),
    path: pathOf(field),
  }
}

function readAction(field: Field, { namespace, config }: RuleContext): RuleAction {
  const redirect = child(field, 'redirect')
  if (isPresent(redirect)) return readRedirect(redirect)
  const response = child(field, 'directResponse')
  if (isPresent(response)) return readDirectResponse(response)
  const route = child(field, 'route')
  const destinations = readList(route).map((entry) => readDestination(entry, namespace))
  if (destinations.length === 0) {
    return refuse(route, 'is missing: a rule needs one of `route`, `redirect` and `directResponse`')
  }
  if (destinations.length > 1 && destinations.every(({ weight }) => weight === 0)) {
    return refuse(route, 'has no weight: give at least one of its destinations a `weight` above 0')
  }
  const timeout = readDuration(child(field, 'timeout'))
  return {
    kind: 'forward',
    destinations,
    rewrite: readRewrite(child(field, 'rewrite')),
    timeout: timeout === 0 ? null : timeout,
    retries: readRetries(child(field, 'retries'), config.defaultRetries),
  }
}

function readDestination(field: Field, namespace: string): RuleDestination {
  const destination = child(field, 'destination')
  return {
    host: resolveHost(readString(child(destination, 'host')), namespace),
    port: readOptionalPort(child(child(destination, 'port'), 'number')),
    subset: readText(child(destination, 'subset')),
    weight: readOptionalInteger(child(field, 'weight'), 0, 4_294_967_295) ?? 0,
    headers: readRouteHeaders(child(field, 'headers')),
  }
}

function readRewrite(field: Field): Rewrite {
  const authority = readText(child(field, 'authority'))
  const regexRewrite = child(field, 'uriRegexRewrite')
  if (isPresent(regexRewrite)) {
    const pattern = child(regexRewrite, 'match')
    const regex = readRegex(pattern, readString(pattern))
    const substitution = readOptionalString(child(regexRewrite, 'rewrite')) ?? ''
    return { authority, path: regex === null ? null : { kind: 'regex', regex, substitution } }
  }
  const uri = readText(child(field, 'uri'))
  return { authority, path: uri === null ? null : { kind: 'prefix', value: uri } }
}

function readRedirect(field: Field): RuleAction {
  const code = child(field, 'redirectCode')
  const status = readOptionalInteger(code, 0, 599) ?? 0
  if (status !== 0 && !redirectStatuses.has(status)) {
    refuse(code, `must be 301, 302, 303, 307 or 308, got ${status}`)
  }
  const derive = child(field, 'derivePort')
  const derived = readText(derive)
  if (derived !== null && derived !== 'FROM_REQUEST_PORT' && derived !== 'FROM_PROTOCOL_DEFAULT') {
    refuse(
      derive,
      `must be FROM_PROTOCOL_DEFAULT or FROM_REQUEST_PORT, got ${JSON.stringify(derived)}`,
    )
  }
  return {
    kind: 'redirect',
    status: status === 0 ? 301 : status,
    uri: readText(child(field, 'uri')),
    authority: readText(child(field, 'authority')),
    scheme: readText(child(field, 'scheme')),
    port: derived === 'FROM_REQUEST_PORT' ? 'request' : readOptionalPort(child(field, 'port')),
  }
}

/** The redirects that Envoy knows (istio: route.go, ApplyRedirect). */
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

function readDirectResponse(field: Field): RuleAction {
  const status = child(field, 'status')
  return {
    kind: 'respond',
    status:
      readOptionalInteger(status, 200, 599) ??
      refuse(status, 'is missing: give the status to answer'),
    body: readOptionalString(child(child(field, 'body'), 'string')) ?? '',
  }
}
