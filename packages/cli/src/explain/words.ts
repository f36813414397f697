import { formatPosition } from '@traffic-lanes/routing'
import type { Decision, Endpoint, HeaderOperations, Provenance } from '@traffic-lanes/routing'
import type { Paint } from '../io.ts'
import type { Explanation } from './explain.ts'

/** An answer in words, one fact a line. */
export function explainInWords({ request, decision }: Explanation, paint: Paint): string {
  const { method, url, headers: sent } = request
  const lines = [
    paint('bold', [method, url, ...headers(sent)].join('  ')),
    `from ${decision.proxy}`,
    '',
    ...facts(decision).map(([label, value]) => `  ${label.padEnd(LABEL_WIDTH)}${value}`),
  ]
  if (decision.passed.length > 0) {
    lines.push('', 'passed over:')
    for (const { index, name, origin, because } of decision.passed.slice(0, SHOWN)) {
      lines.push(`  ${routeName(index, name)}  ${because}`)
      if (origin !== null) lines.push(paint('dim', `      ${provenance(origin)}`))
    }
  }
  const more = decision.passed.length - SHOWN
  if (more > 0) lines.push(`  and ${more} more, which --json lists`)
  for (const warning of decision.warnings) lines.push('', `${paint('yellow', 'note:')} ${warning}`)
  return `${lines.join('\n')}\n`
}

/** What decided, in one line: `VirtualService test-istio/testbbb "baseline"  k8s/…yaml:37:7`. */
export function decidedBy({ proxy, route, outcome, listener }: Decision): string {
  if (proxy === 'outside')
    return outcome.kind === 'reset' ? outcome.detail : 'no rule: the client has no sidecar'
  if (route?.origin)
    return `${route.origin.resource} ${quoted(route.name)}  ${formatPosition(route.origin.position)}`
  if (outcome.kind === 'passthrough')
    return 'no rule: the mesh knows no such host on this port, so the connection goes where it was dialled'
  if (route !== null) return 'the default route of the Service, which no VirtualService covers'
  return listener === null ? 'no listener on this port' : 'no route matches'
}

/** Where it goes, in one line. */
function outcomeInWords(decision: Decision): string {
  const { outcome } = decision
  switch (outcome.kind) {
    case 'forward':
      return `forward to ${workloads(outcome.endpoints)}  (cluster ${outcome.cluster})`
    case 'respond': {
      const flags = outcome.flags.length === 0 ? '' : ` ${outcome.flags.join(',')}`
      const cluster = outcome.cluster === null ? '' : `  (cluster ${outcome.cluster})`
      return `the proxy answers ${outcome.status}${flags} ${outcome.detail}${cluster}`
    }
    case 'redirect':
      return `the proxy redirects: ${outcome.status} to ${outcome.location}`
    case 'tcp':
      return `bytes to ${workloads(outcome.endpoints)}  (cluster ${outcome.cluster})`
    case 'reset':
      return outcome.endpoints === undefined
        ? `the proxy closes the connection: ${outcome.detail}`
        : `closed by the sidecars of ${workloads(outcome.endpoints)}`
    case 'passthrough':
      if (outcome.cluster === null) return anyOf(outcome.endpoints)
      return outcome.endpoints.length === 0
        ? 'passthrough: out of the mesh, as dialled; no lane applies'
        : `passthrough: as dialled, to any of ${workloads(outcome.endpoints)}; no lane applies`
    default:
      return outcome.detail
  }
}

function anyOf(endpoints: readonly Endpoint[]): string {
  return endpoints.length === 0
    ? 'to no endpoint that the manifests know'
    : `to any of ${workloads(endpoints)}; no lane applies`
}

/** Routes that were passed over: a Service can have thousands of lanes. */
const SHOWN = 20
const LABEL_WIDTH = 18

function facts(decision: Decision): [string, string][] {
  const { route, outcome, fault, retries } = decision
  const all: [string, string | null][] = [
    ['outcome', outcomeInWords(decision)],
    ['decided by', decidedBy(decision)],
    ['listener', decision.listener],
    ['route config', decision.routeConfig],
    ['virtual host', decision.virtualHost],
    ['route', route === null ? null : routeName(route.index, route.name)],
    [
      'destination rule',
      decision.destinationRule === null ? null : provenance(decision.destinationRule),
    ],
    ['weights', outcome.kind === 'forward' ? weights(outcome.weights) : null],
    ['rewrite', rewrite(decision)],
    ['request headers', operations(decision.requestHeaders)],
    ['response headers', operations(decision.responseHeaders)],
    ['time-out', decision.timeout === null ? null : `${decision.timeout} ms`],
    [
      'retries',
      retries === null
        ? null
        : `${retries.attempts} on ${[...retries.on, ...retries.statuses].join(', ')}`,
    ],
    ['delay', fault?.delay ? `${fault.delay.ms} ms for ${fault.delay.percent} %` : null],
    ['abort', fault?.abort ? `${fault.abort.status} for ${fault.abort.percent} %` : null],
  ]
  return all.flatMap(([label, value]) => (value === null ? [] : [[label, value]]))
}

function headers(list: readonly (readonly [string, string])[]): string[] {
  return list.map(([name, value]) => `${name}: ${value}`)
}

/** Names, or the address where no workload of the manifests answers. */
function workloads(endpoints: readonly Endpoint[]): string {
  const names = endpoints.map(
    ({ workload, address, port }) => workload ?? `${address ?? ''}:${port}`,
  )
  return [...new Set(names)].join(', ') || 'where it was dialled'
}

function routeName(index: number | null, name: string | null): string {
  return `${index === null ? '-' : `#${index}`} ${quoted(name)}`
}

function quoted(name: string | null): string {
  return name === null ? '(no name)' : `"${name}"`
}

function provenance({ resource, position }: Provenance): string {
  return `${resource}  ${formatPosition(position)}`
}

function weights(
  list: readonly { readonly cluster: string; readonly weight: number }[],
): string | null {
  return list.length < 2
    ? null
    : list.map(({ cluster, weight }) => `${weight} to ${cluster}`).join('; ')
}

function rewrite({ rewrite: { path, authority } }: Decision): string | null {
  const changes = [path && `path ${path}`, authority && `Host ${authority}`].filter(Boolean)
  return changes.length === 0 ? null : changes.join(', ')
}

function operations({ set, add, remove }: HeaderOperations): string | null {
  const changes = [
    ...remove.map((name) => `remove ${name}`),
    ...set.map(([name, value]) => `set ${name}: ${value}`),
    ...add.map(([name, value]) => `add ${name}: ${value}`),
  ]
  return changes.length === 0 ? null : changes.join('; ')
}
