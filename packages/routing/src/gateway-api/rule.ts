import { reportAt } from '../manifest/read.ts'
import type { Field } from '../manifest/read.ts'
import type { Retries } from '../decision.ts'
import type { Destination } from '../mesh/destination.ts'
import { serviceHost } from '../mesh/host.ts'
import { httpMatch } from '../mesh/http-match.ts'
import type { WrittenMatch } from '../mesh/http-match.ts'
import type {
  HttpRule,
  Rewrite,
  RuleAction,
  RuleDestination,
  RuleMirror,
} from '../mesh/http-rule.ts'
import { compileRegex } from '../mesh/regex.ts'
import type { RouteRewrite } from './filters.ts'
import type { Reference } from './reference.ts'
import { isGranted } from './reference-grant.ts'
import type { ReferenceGrant } from './reference-grant.ts'
import type { GatewayApiRoute, RouteRule } from './route.ts'

/** A rule with one match, as istiod makes it of a route's; its match decides the rule's place. */
export interface SortedRule {
  readonly match: WrittenMatch | null
  /** For the place of a GRPCRoute's rule, which Istio sorts by the text of its own. */
  readonly pathLength: number
  readonly rule: HttpRule
}

/** What the rules of a route are made with. */
export interface RuleContext {
  /** Routes of Gateways need a ReferenceGrant for other namespaces' Services, those of the mesh do not. */
  readonly needsGrants: boolean
  readonly grants: readonly ReferenceGrant[]
  readonly hasService: (host: string) => boolean
  /** Whether the host is one of the mesh's, Service or ServiceEntry, as `namespace` sees it. */
  readonly hasHost: (host: string, namespace: string) => boolean
  readonly defaultRetries: Retries | null
}

/**
 * Makes Istio's rules of a route's: one for each match. Null: Istio refuses the route as a whole
 * (istio: pilot/pkg/config/kube/gateway/conversion.go, convertHTTPRoute and convertGRPCRoute).
 */
export function convertRules(route: GatewayApiRoute, context: RuleContext): SortedRule[] | null {
  const converted = route.rules.map((rule, index) => convertRule(route, rule, index, context))
  return converted.includes(null) ? null : converted.flatMap((rules) => rules ?? [])
}

function convertRule(
  route: GatewayApiRoute,
  rule: RouteRule,
  index: number,
  context: RuleContext,
): SortedRule[] | null {
  const { filters, backends, origin, matches } = rule
  const [unsupported] = [rule, ...backends].flatMap((one) => one.filters.unsupported ?? [])
  if (unsupported !== undefined) {
    return refuse(unsupported, `Istio has no filter ${JSON.stringify(unsupported.value)} here`)
  }
  const mirrors = convertMirrors(route, rule, context)
  const destinations = convertBackends(route, rule, context)
  if (mirrors === null || destinations === null) return null
  return matches.map((match) => ({
    match,
    pathLength: lengthOf(route, match),
    rule: {
      name: rule.name ?? `${route.namespace}.${route.name}.${index}`,
      matches: match === null ? [] : [httpMatch(match)],
      action: actionOf(rule, match, { mirrors, destinations }, context),
      headers: filters.headers,
      fault: null,
      cors: filters.cors,
      origin: match === null || matches.length === 1 ? origin : match.origin,
    },
  }))
}

function actionOf(
  { filters, backends, timeout, retries }: RouteRule,
  match: WrittenMatch | null,
  made: {
    readonly mirrors: readonly RuleMirror[]
    readonly destinations: readonly RuleDestination[]
  },
  { defaultRetries }: RuleContext,
): RuleAction {
  if (filters.redirect !== null) return filters.redirect
  // Without any backend that counts the answer is 500.
  if (backends.every(({ weight }) => weight === 0))
    return { kind: 'respond', status: 500, body: '' }
  return {
    kind: 'forward',
    ...made,
    rewrite: rewriteOf(filters.rewrite, match),
    timeout,
    retries: retries === 'off' ? null : (retries ?? defaultRetries),
  }
}

/**
 * Taking a prefix away must not take the slash along, for which Istio uses a regex (istio: route.go,
 * applyHTTPRouteDestination).
 */
function rewriteOf(written: RouteRewrite | null, match: WrittenMatch | null): Rewrite {
  if (written === null) return { path: null, authority: null }
  const { path, authority } = written
  if (path === null) return { path: null, authority }
  if (path.kind === 'full') return { path: regexRewrite('/.*', path.value), authority }
  if (path.value !== '') return { path: { kind: 'prefix', value: path.value }, authority }
  const prefix = match?.uri?.kind === 'path-prefix' ? match.uri.value : ''
  const quoted = prefix.replaceAll(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`)
  return { path: regexRewrite(`^${quoted}(/?)(.*)`, String.raw`/\2`), authority }
}

function regexRewrite(pattern: string, substitution: string): Rewrite['path'] {
  const regex = compileRegex(pattern)
  return 'refused' in regex ? null : { kind: 'regex', regex, substitution }
}

function convertMirrors(
  route: GatewayApiRoute,
  { filters }: RouteRule,
  context: RuleContext,
): RuleMirror[] | null {
  const mirrors: RuleMirror[] = []
  for (const { backend, percent } of filters.mirrors) {
    const found = resolveBackend(route, backend, context)
    if (found.problem === null) mirrors.push({ ...found.destination, percent })
    else if (route.kind === 'GRPCRoute') {
      return refuse(backend.field, found.problem)
    } else {
      reportAt(backend.field, 'bad-backend', `the mirror is left out: ${found.problem}`, 'warning')
    }
  }
  return mirrors.filter(({ percent }) => percent > 0)
}

function convertBackends(
  route: GatewayApiRoute,
  { backends, filters }: RouteRule,
  context: RuleContext,
): RuleDestination[] | null {
  const counted = backends.filter(({ weight }) => weight > 0)
  if (filters.redirect === null && counted.length === 0) return []
  const destinations: RuleDestination[] = []
  for (const { reference, weight, filters: own } of counted) {
    const found = resolveBackend(route, reference, context)
    if (found.refused) return refuse(reference.field, found.problem ?? '')
    if (found.problem !== null) {
      const because = `requests to this backend are answered with 500: ${found.problem}`
      reportAt(reference.field, 'bad-backend', because, 'warning')
    }
    destinations.push({ ...found.destination, weight, headers: own.headers })
  }
  return destinations
}

interface Resolved {
  /** With an empty host where there is none. */
  readonly destination: Destination
  readonly problem: string | null
  /** Whether Istio refuses the whole route for it. */
  readonly refused: boolean
}

/** What a reference to a backend leads to (istio: conversion.go, buildDestination). */
function resolveBackend(
  route: GatewayApiRoute,
  { group, kind, name, namespace: written, port }: Reference,
  { needsGrants, grants, hasService, hasHost }: RuleContext,
): Resolved {
  const nowhere = { host: '', port: null, subset: null }
  const namespace = written ?? route.namespace
  const refuseIt = (problem: string): Resolved => ({ destination: nowhere, problem, refused: true })
  const invalid = (problem: string, destination: Destination = nowhere): Resolved => ({
    destination,
    problem,
    refused: false,
  })
  if (needsGrants && namespace !== route.namespace) {
    const to = { group, kind, namespace, name }
    if (!isGranted(grants, route, to)) {
      return invalid(
        `${kind} ${namespace}/${name} is of another namespace, where no ReferenceGrant allows it`,
      )
    }
  }
  const isHostname = group === 'networking.istio.io' && kind === 'Hostname'
  const isService =
    (group === '' && kind === 'Service') ||
    (group === 'multicluster.x-k8s.io' && kind === 'ServiceImport')
  if (!isHostname && !isService) return invalid(`Istio knows no backend of kind ${kind}`)
  if (isHostname && written !== null) return refuseIt('a Hostname has no namespace; remove it')
  if (group === '' && name.includes('.')) {
    return refuseIt(`${JSON.stringify(name)} is no Service's name; write the name alone`)
  }
  if (port === null) return refuseIt('its `port` is missing')
  const host = isHostname ? name : serviceHost(name, namespace)
  const destination = { host, port, subset: null }
  const exists = isHostname ? hasHost(host, namespace) : hasService(host)
  if (exists) return { destination, problem: null, refused: false }
  return invalid(
    isHostname ? `the mesh knows no host ${host}` : `there is no Service ${namespace}/${name}`,
    destination,
  )
}

function refuse(field: Field, because: string): null {
  const message = `Istio refuses the whole route: ${because}`
  reportAt(field, 'refused-route', message)
  return null
}

/** Istio compares lengths before it takes the slash off the prefix of a gRPC service. */
function lengthOf({ kind }: GatewayApiRoute, match: WrittenMatch | null): number {
  const uri = match?.uri ?? null
  if (uri === null) return 0
  // What asks for presence is a regex of one character.
  if (uri.kind === 'present') return 1
  return uri.value.length + (kind === 'GRPCRoute' && uri.kind === 'path-prefix' ? 1 : 0)
}
