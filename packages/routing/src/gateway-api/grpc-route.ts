import {
  child,
  isPresent,
  readList,
  readOptionalString,
  readText,
  refuse,
} from '../manifest/read.ts'
import type { Field } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'
import type { WrittenMatch } from '../mesh/http-match.ts'
import { originOf } from '../mesh/origin.ts'
import type { StringMatch } from '../mesh/string-match.ts'
import { readBackend } from './backend.ts'
import { readGrpcFilters } from './filters.ts'
import { anything, readConditions, regexMatch } from './match.ts'
import type { RouteRule } from './route.ts'

/** Reads a rule of a GRPCRoute (istio: pilot/pkg/config/kube/gateway/conversion.go, convertGRPCRoute). */
export function readGrpcRule(field: Field, resource: Resource): RouteRule {
  const matches = readList(child(field, 'matches')).map((match) => readMatch(match, resource))
  const backends = readList(child(field, 'backendRefs'))
  return {
    name: readText(child(field, 'name')),
    matches: matches.length === 0 ? [null] : matches,
    filters: readGrpcFilters(child(field, 'filters')),
    backends: backends.map((backend) => readBackend(backend)),
    timeout: null,
    retries: null,
    origin: originOf(field, resource),
  }
}

function readMatch(field: Field, resource: Resource): WrittenMatch {
  return {
    ...anything(originOf(field, resource)),
    uri: readRpc(child(field, 'method')),
    headers: readConditions(child(field, 'headers')),
  }
}

/** The path of a call is `/SERVICE/METHOD` (istio: createGRPCURIMatch). */
function readRpc(field: Field): StringMatch | null {
  if (!isPresent(field)) return null
  const service = readOptionalString(child(field, 'service'))
  const method = readOptionalString(child(field, 'method'))
  if (service === null && method === null) return refuse(field, 'must have `service` or `method`')
  if ((readOptionalString(child(field, 'type')) ?? 'Exact') === 'RegularExpression') {
    return regexMatch(field, `/${service ?? '[^/]+'}/${method ?? '.+'}`)
  }
  if (service === null) return regexMatch(field, `/[^/]+/${method}`)
  // Istio hands this on as a prefix with a slash at its end, which its own rule for prefixes takes off again.
  if (method === null) return { kind: 'path-prefix', value: `/${service}` }
  return { kind: 'exact', value: `/${service}/${method}` }
}
