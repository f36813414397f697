import {
  child,
  isPresent,
  readList,
  readOptionalInteger,
  readOptionalString,
  readString,
  readText,
} from '../manifest/read.ts'
import type { Field } from '../manifest/read.ts'
import type { CorsPolicy } from '../mesh/cors.ts'
import type { RouteHeaders } from '../mesh/header-operations.ts'
import type { RuleRedirect } from '../mesh/http-rule.ts'
import { readCorsFilter } from './cors-filter.ts'
import { readModifiers } from './header-modifier.ts'
import { readReference } from './reference.ts'
import type { Reference } from './reference.ts'

/** What the filters of a rule or a backend do. */
export interface RouteFilters {
  readonly headers: RouteHeaders
  readonly redirect: RuleRedirect | null
  readonly rewrite: RouteRewrite | null
  readonly mirrors: readonly MirrorFilter[]
  readonly cors: CorsPolicy | null
  /** A filter that Istio does not know: it refuses the whole route for it. */
  readonly unsupported: Field | null
}

/** A `URLRewrite`. */
export interface RouteRewrite {
  /** `prefix`: in the place of the prefix that matched; an empty one takes it away. */
  readonly path: { readonly kind: 'prefix' | 'full'; readonly value: string } | null
  readonly authority: string | null
}

/** A `RequestMirror`. */
interface MirrorFilter {
  readonly backend: Reference
  /** How many of 100 requests are copied. */
  readonly percent: number
}

const modifiers = ['RequestHeaderModifier', 'ResponseHeaderModifier']

/** Reads the filters of an HTTPRoute. */
export function readHttpFilters(field: Field): RouteFilters {
  return readFilters(
    field,
    new Set([...modifiers, 'RequestMirror', 'RequestRedirect', 'URLRewrite', 'CORS']),
  )
}

/** Reads the filters of a GRPCRoute. */
export function readGrpcFilters(field: Field): RouteFilters {
  return readFilters(field, new Set([...modifiers, 'RequestMirror']))
}

/** Reads the filters of a backend, which can change headers and nothing else (istio: buildHTTPDestination). */
export function readBackendFilters(field: Field): RouteFilters {
  return readFilters(field, new Set(modifiers))
}

function readFilters(field: Field, supported: ReadonlySet<string>): RouteFilters {
  const filters = readList(field).map((filter) => ({
    filter,
    type: readString(child(filter, 'type')),
  }))
  // Of two filters of one type the later counts, save that every mirror is one more.
  const last = (type: string, name: string): Field | null => {
    const found = filters.findLast((one) => one.type === type)
    if (found === undefined) return null
    const value = child(found.filter, name)
    return isPresent(value) ? value : null
  }
  const redirect = last('RequestRedirect', 'requestRedirect')
  const rewrite = last('URLRewrite', 'urlRewrite')
  const cors = last('CORS', 'cors')
  const unsupported = filters.find(({ type }) => !supported.has(type))
  return {
    headers: readModifiers(
      last('RequestHeaderModifier', 'requestHeaderModifier'),
      last('ResponseHeaderModifier', 'responseHeaderModifier'),
    ),
    redirect: redirect === null ? null : readRedirect(redirect),
    rewrite: rewrite === null ? null : readRewrite(rewrite),
    mirrors: filters
      .filter(({ type }) => type === 'RequestMirror')
      .map(({ filter }) => child(filter, 'requestMirror'))
      .filter(isPresent)
      .map((mirror) => readMirror(mirror)),
    cors: cors === null ? null : readCorsFilter(cors),
    unsupported: unsupported === undefined ? null : child(unsupported.filter, 'type'),
  }
}

/** Without a port the request's own stays, unless the scheme changes (istio: createRedirectFilter). */
function readRedirect(field: Field): RuleRedirect {
  const scheme = readText(child(field, 'scheme'))
  const port = readOptionalInteger(child(field, 'port'), 1, 65_535)
  const path = child(field, 'path')
  const isPrefix = readOptionalString(child(path, 'type')) === 'ReplacePrefixMatch'
  return {
    kind: 'redirect',
    status: readOptionalInteger(child(field, 'statusCode'), 0, 599) ?? 302,
    uri: isPrefix ? null : readText(child(path, 'replaceFullPath')),
    prefixRewrite: isPrefix ? readText(child(path, 'replacePrefixMatch')) : null,
    authority: readText(child(field, 'hostname')),
    scheme,
    port: port ?? (scheme === null ? 'request' : null),
  }
}

function readRewrite(field: Field): RouteRewrite | null {
  const authority = readText(child(field, 'hostname'))
  const path = readRewritePath(child(field, 'path'))
  return path === null && authority === null ? null : { path, authority }
}

function readRewritePath(field: Field): RouteRewrite['path'] {
  if (!isPresent(field)) return null
  if (readOptionalString(child(field, 'type')) === 'ReplacePrefixMatch') {
    const value = readOptionalString(child(field, 'replacePrefixMatch')) ?? ''
    return { kind: 'prefix', value: value.replace(/\/$/, '') }
  }
  return { kind: 'full', value: readOptionalString(child(field, 'replaceFullPath')) ?? '' }
}

function readMirror(field: Field): MirrorFilter {
  return {
    backend: readReference(child(field, 'backendRef'), '', 'Service'),
    percent: readPercent(field),
  }
}

function readPercent(field: Field): number {
  const fraction = child(field, 'fraction')
  if (!isPresent(fraction)) return readOptionalInteger(child(field, 'percent'), 0, 100) ?? 100
  const numerator = readOptionalInteger(child(fraction, 'numerator'), 0, 2_147_483_647) ?? 0
  const denominator = readOptionalInteger(child(fraction, 'denominator'), 1, 2_147_483_647) ?? 100
  return (100 * numerator) / denominator
}
