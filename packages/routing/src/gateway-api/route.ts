import { child, readList, readStrings, rootOf } from '../manifest/read.ts'
import type { Field, Report } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'
import { readCreation } from '../mesh/age.ts'
import type { WrittenMatch } from '../mesh/http-match.ts'
import type { Origin } from '../mesh/origin.ts'
import type { Retries } from '../decision.ts'
import type { Backend } from './backend.ts'
import type { RouteFilters } from './filters.ts'
import { readGrpcRule } from './grpc-route.ts'
import { readHttpRule } from './http-route.ts'
import { readParentReference } from './reference.ts'
import type { ParentReference } from './reference.ts'

/** An HTTPRoute or a GRPCRoute, as it is written. */
export interface GatewayApiRoute {
  readonly kind: 'HTTPRoute' | 'GRPCRoute'
  readonly name: string
  readonly namespace: string
  readonly createdAt: number
  readonly parents: readonly ParentReference[]
  /** Empty: every host of the listener. */
  readonly hostnames: readonly string[]
  readonly rules: readonly RouteRule[]
  readonly resource: Resource
  readonly report: Report
}

/** One entry of `rules`. */
export interface RouteRule {
  readonly name: string | null
  /** Never empty; null: every request. */
  readonly matches: readonly (WrittenMatch | null)[]
  readonly filters: RouteFilters
  readonly backends: readonly Backend[]
  /** Milliseconds; null: no limit. */
  readonly timeout: number | null
  readonly retries: Retries | 'off' | null
  readonly origin: Origin
}

/** Reads an HTTPRoute or a GRPCRoute with the API server's defaults. */
export function readRoute(
  resource: Resource,
  kind: GatewayApiRoute['kind'],
  report: Report,
): GatewayApiRoute {
  const spec = child(rootOf(resource, report), 'spec')
  const readRule = kind === 'HTTPRoute' ? readHttpRule : readGrpcRule
  return {
    kind,
    name: resource.name,
    namespace: resource.namespace,
    createdAt: readCreation(resource, report),
    parents: readList(child(spec, 'parentRefs')).map((field) => readParentReference(field)),
    hostnames: readStrings(child(spec, 'hostnames')),
    rules: rulesOf(spec, kind).map((field) => readRule(field, resource)),
    resource,
    report,
  }
}

/** An HTTPRoute without rules has one that matches everything; so says the default of its CRD. */
function rulesOf(spec: Field, kind: GatewayApiRoute['kind']): Field[] {
  const rules = child(spec, 'rules')
  const written = readList(rules)
  if (written.length > 0 || kind === 'GRPCRoute') return written
  return [{ value: {}, key: 0, parent: rules, source: rules.source }]
}
