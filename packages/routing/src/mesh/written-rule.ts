import type { Retries } from '../decision.ts'
import {
  attempt,
  child,
  isPresent,
  readList,
  readOptionalInteger,
  readOptionalNumber,
  readOptionalPort,
  readOptionalString,
  readString,
  readText,
  refuse,
} from '../manifest/read.ts'
import type { Field } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'
import { decodeBase64 } from './base64.ts'
import { readCors } from './cors.ts'
import type { CorsPolicy } from './cors.ts'
import { readDestination } from './destination.ts'
import type { Destination } from './destination.ts'
import { readDuration } from './duration.ts'
import { readFault } from './fault.ts'
import type { FaultPolicy } from './fault.ts'
import { readRouteHeaders } from './header-operations.ts'
import type { RouteHeaders } from './header-operations.ts'
import { readMatches } from './http-match.ts'
import type { WrittenMatch } from './http-match.ts'
import type {
  Rewrite,
  RuleDestination,
  RuleMirror,
  RuleRedirect,
  RuleResponse,
} from './http-rule.ts'
import { originOf } from './origin.ts'
import type { Origin } from './origin.ts'
import { readRetries } from './retries.ts'
import { readRegex } from './string-match.ts'

/** One `http[]` entry as it is written; null is what it leaves to a root rule or to the mesh. */
export interface WrittenRule {
  readonly name: string | null
  readonly matches: readonly WrittenMatch[]
  readonly redirect: RuleRedirect | null
  readonly response: RuleResponse | null
  readonly destinations: readonly RuleDestination[]
  readonly rewrite: Rewrite | null
  readonly timeout: number | null
  readonly retries: Retries | 'off' | null
  readonly mirror: Destination | null
  readonly mirrorPercentage: number | null
  readonly mirrorPercent: number | null
  readonly mirrors: readonly RuleMirror[] | null
  readonly headers: RouteHeaders | null
  readonly fault: FaultPolicy | null
  readonly cors: CorsPolicy | null
  /** The VirtualService whose rules take the place of this one. */
  readonly delegate: { readonly name: string; readonly namespace: string } | null
  readonly origin: Origin
}

/** Whose rule it is. */
export interface RuleOwner {
  readonly resource: Resource
  /** In which its short names are completed. */
  readonly namespace: string
  /** Whether it stands in a delegate, where a rule need not do anything of its own. */
  readonly isDelegate: boolean
}

/** Reads one `http[]` entry; null where none of its matches can be read, since it would match everything. */
export function readRule(field: Field, owner: RuleOwner): WrittenRule | null {
  const { namespace, resource } = owner
  const matches = readMatches(child(field, 'match'), namespace, resource)
  if (matches === null) return null
  const headers = child(field, 'headers')
  const mirror = child(field, 'mirror')
  return {
    name: readText(child(field, 'name')),
    matches,
    ...readAction(field, owner),
    rewrite: readRewrite(child(field, 'rewrite')),
    timeout: readDuration(child(field, 'timeout')),
    retries: readRetries(child(field, 'retries')),
    mirror: isPresent(mirror) ? readDestination(mirror, namespace) : null,
    mirrorPercentage: readPercentage(child(field, 'mirrorPercentage')),
    mirrorPercent: readOptionalInteger(child(field, 'mirrorPercent'), 0, 100),
    mirrors: readMirrors(child(field, 'mirrors'), namespace),
    headers: isPresent(headers) ? readRouteHeaders(headers) : null,
    fault: readFault(child(field, 'fault')),
    cors: readCors(child(field, 'corsPolicy')),
    origin: originOf(field, resource),
  }
}

type Action = Pick<WrittenRule, 'redirect' | 'response' | 'destinations' | 'delegate'>

function readAction(field: Field, { namespace, isDelegate }: RuleOwner): Action {
  const redirect = child(field, 'redirect')
  const response = child(field, 'directResponse')
  const delegate = child(field, 'delegate')
  const route = child(field, 'route')
  const destinations = readList(route).map((entry) => readWeighted(entry, namespace))
  const given = [redirect, response, delegate].some(isPresent)
  if (!given && !isDelegate && destinations.length === 0) {
    refuse(route, 'is missing: a rule needs one of `route`, `redirect` and `directResponse`')
  }
  if (destinations.length > 1 && destinations.every(({ weight }) => weight === 0)) {
    refuse(route, 'has no weight: give at least one of its destinations a `weight` above 0')
  }
  return {
    redirect: isPresent(redirect) ? readRedirect(redirect) : null,
    response: isPresent(response) ? readDirectResponse(response) : null,
    destinations,
    delegate: isPresent(delegate)
      ? {
          name: readString(child(delegate, 'name')),
          namespace: readText(child(delegate, 'namespace')) ?? namespace,
        }
      : null,
  }
}

function readWeighted(field: Field, namespace: string): RuleDestination {
  return {
    ...readDestination(child(field, 'destination'), namespace),
    weight: readOptionalInteger(child(field, 'weight'), 0, 2_147_483_647) ?? 0,
    headers: readRouteHeaders(child(field, 'headers')),
  }
}

function readMirrors(field: Field, namespace: string): RuleMirror[] | null {
  // protobuf does not tell an empty list from none.
  const written = readList(field)
  if (written.length === 0) return null
  return written.flatMap((entry) => {
    const mirror = attempt(() => ({
      ...readDestination(child(entry, 'destination'), namespace),
      percent: readPercentage(child(entry, 'percentage')) ?? 100,
    }))
    return mirror === undefined ? [] : [mirror]
  })
}

function readPercentage(field: Field): number | null {
  return isPresent(field) ? (readOptionalNumber(child(field, 'value'), 0, 100) ?? 0) : null
}

function readRewrite(field: Field): Rewrite | null {
  if (!isPresent(field)) return null
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

function readRedirect(field: Field): RuleRedirect {
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

function readDirectResponse(field: Field): RuleResponse {
  const status = child(field, 'status')
  return {
    kind: 'respond',
    status:
      readOptionalInteger(status, 200, 599) ??
      refuse(status, 'is missing: give the status to answer'),
    body: readBody(child(field, 'body')),
  }
}

function readBody(field: Field): string {
  const text = readOptionalString(child(field, 'string'))
  if (text !== null) return text
  const bytes = child(field, 'bytes')
  const encoded = readText(bytes)
  if (encoded === null) return ''
  return decodeBase64(encoded) ?? refuse(bytes, 'must be base64 of UTF-8')
}
