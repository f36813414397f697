import {
  child,
  readList,
  readOptionalInteger,
  readOptionalString,
  readText,
} from '../manifest/read.ts'
import type { Field } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'
import { readDuration } from '../mesh/duration.ts'
import type { WrittenMatch } from '../mesh/http-match.ts'
import { originOf } from '../mesh/origin.ts'
import { parseRetryOn } from '../mesh/retries.ts'
import { isPresent } from '../manifest/read.ts'
import type { StringMatch } from '../mesh/string-match.ts'
import { readBackend } from './backend.ts'
import { readHttpFilters } from './filters.ts'
import { anything, readConditions, readMethod, regexMatch } from './match.ts'
import type { RouteRule } from './route.ts'

/** Reads a rule of an HTTPRoute (istio: pilot/pkg/config/kube/gateway/conversion.go, convertHTTPRoute). */
export function readHttpRule(field: Field, resource: Resource): RouteRule {
  const matches = readList(child(field, 'matches')).map((match) => readMatch(match, resource))
  const backends = readList(child(field, 'backendRefs'))
  return {
    name: readText(child(field, 'name')),
    // The CRD's default: every path.
    matches:
      matches.length === 0 ? [{ ...anything(originOf(field, resource)), uri: root }] : matches,
    filters: readHttpFilters(child(field, 'filters')),
    backends: backends.map((backend) => readBackend(backend)),
    ...readTimes(field),
    origin: originOf(field, resource),
  }
}

const root: StringMatch = { kind: 'prefix', value: '/' }

function readMatch(field: Field, resource: Resource): WrittenMatch {
  return {
    ...anything(originOf(field, resource)),
    uri: readPath(child(field, 'path')),
    method: readMethod(child(field, 'method')),
    headers: readConditions(child(field, 'headers')),
    queryParams: readConditions(child(field, 'queryParams')),
  }
}

/** A slash at the end of a prefix does not count (istio: createURIMatch). */
function readPath(field: Field): StringMatch {
  const type = readOptionalString(child(field, 'type')) ?? 'PathPrefix'
  const written = child(field, 'value')
  const value = readOptionalString(written) ?? '/'
  if (type === 'Exact') return { kind: 'exact', value }
  if (type === 'RegularExpression') return regexMatch(written, value)
  const prefix = value === '/' ? value : value.replace(/\/$/, '')
  return prefix === '/' ? root : { kind: 'path-prefix', value: prefix }
}

/** A backend's timeout is that of each try where there are several, else that of the request. */
function readTimes(field: Field): Pick<RouteRule, 'timeout' | 'retries'> {
  const timeouts = child(field, 'timeouts')
  const request = readDuration(child(timeouts, 'request')) ?? 0
  const backendRequest = readDuration(child(timeouts, 'backendRequest')) ?? 0
  const retry = child(field, 'retry')
  if (!isPresent(retry)) {
    const timeout = backendRequest === 0 ? request : backendRequest
    return { timeout: timeout === 0 ? null : timeout, retries: null }
  }
  const codes = readList(child(retry, 'codes')).map((code) => readOptionalInteger(code, 0, 999))
  const attempts = readOptionalInteger(child(retry, 'attempts'), 0, 2_147_483_647) ?? 2
  return {
    timeout: request === 0 ? null : request,
    retries:
      attempts === 0
        ? 'off'
        : {
            attempts,
            perTryTimeout: backendRequest === 0 ? null : backendRequest,
            ...parseRetryOn([connectionErrors, ...codes].join(',')),
          },
  }
}

const connectionErrors = 'connect-failure,refused-stream,unavailable,cancelled'
