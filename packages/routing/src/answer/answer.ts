import type { Proxy } from '../compile/proxy.ts'
import { readRequest } from '../decide/request-view.ts'
import type {
  Decision,
  Endpoint,
  Header,
  HeaderOperations,
  HttpVersion,
  Mirror,
  Outcome,
  PassedRoute,
  Provenance,
  Request,
  Retries,
} from '../decision.ts'
import type { Labels } from '../mesh/labels.ts'

/**
 * A decision for programs: what `lanes explain --json` prints and what the conformance goldens hold. Every
 * field is always there; what is absent is null, a list without entries is empty.
 */
export interface Answer {
  readonly request: {
    readonly method: string
    readonly url: string
    /** The Host header, or `:authority`. */
    readonly host: string
    /** With its query. */
    readonly path: string
    /** As asked, without Host. */
    readonly headers: readonly Header[]
    readonly http: HttpVersion
  }
  readonly proxy: {
    /** `outside`: a client without a proxy. */
    readonly kind: 'sidecar' | 'router' | 'outside'
    /** null for a router, whose pods stand in no manifest. */
    readonly workload: string | null
    readonly namespace: string | null
    readonly labels: Labels
  }
  /** Envoy's names; null where the walk ended before. */
  readonly listener: string | null
  readonly routeConfig: string | null
  readonly virtualHost: string | null
  readonly route: ({ readonly index: number; readonly name: string | null } & Place) | null
  readonly passed: readonly ({
    /** null where configuration alone keeps the route from this proxy. */
    readonly index: number | null
    readonly name: string | null
    readonly code: string
    readonly because: string
  } & Place)[]
  readonly outcome: AnsweredOutcome
  readonly rewrite: { readonly path: string | null; readonly host: string | null } | null
  readonly requestHeaders: HeaderOperations
  readonly responseHeaders: HeaderOperations
  /** Milliseconds for the whole request; 0: no limit; null where no route forwards it. */
  readonly timeout: number | null
  readonly retries: Retries | null
  readonly mirrors: readonly Mirror[]
  readonly fault: {
    readonly delay: { readonly ms: number; readonly percent: number } | null
    readonly abort: { readonly status: number; readonly percent: number } | null
  } | null
  readonly destinationRule: Place | null
  /** What cannot be known from manifests and bears on this decision, in sentences. */
  readonly warnings: readonly string[]
}

/** The resource that says so, and where; all null where none does. */
interface Place {
  readonly resource: string | null
  readonly file: string | null
  readonly line: number | null
}

interface AnsweredOutcome {
  readonly kind: Outcome['kind']
  readonly cluster: string | null
  readonly subset: string | null
  readonly endpoints: readonly Endpoint[]
  readonly weights: readonly { readonly cluster: string; readonly weight: number }[]
  readonly status: number | null
  readonly body: string | null
  /** Envoy's response flags, as in its access log. */
  readonly flags: readonly string[]
  readonly detail: string | null
  readonly location: string | null
}

/**
 * Shapes a decision for programs.
 *
 * @param proxy Who decided; null: nobody, the client has no proxy.
 *
 * @example
 * JSON.stringify(answer(proxy, request, decide(config, request)))
 */
export function answer(proxy: Proxy | null, request: Request, decision: Decision): Answer {
  const { authority, target } = readRequest(request)
  const { route } = decision
  return {
    request: {
      method: request.method,
      url: request.url,
      host: authority,
      path: target,
      headers: request.headers.filter(([name]) => name.toLowerCase() !== 'host'),
      http: request.http ?? '1.1',
    },
    proxy: describeProxy(proxy),
    listener: decision.listener,
    routeConfig: decision.routeConfig,
    virtualHost: decision.virtualHost,
    route: route && { index: route.index, name: route.name, ...place(route.origin) },
    passed: decision.passed.map(shapePassed),
    outcome: shapeOutcome(decision.outcome),
    rewrite: shapeRewrite(decision.rewrite),
    requestHeaders: shapeOperations(decision.requestHeaders),
    responseHeaders: shapeOperations(decision.responseHeaders),
    timeout: decision.timeout ?? (decision.outcome.kind === 'forward' ? 0 : null),
    retries: decision.retries && shapeRetries(decision.retries),
    mirrors: decision.mirrors.map(({ cluster, percent }) => ({ cluster, percent })),
    fault: shapeFault(decision.fault),
    destinationRule: decision.destinationRule && place(decision.destinationRule),
    warnings: decision.warnings,
  }
}

function describeProxy(proxy: Proxy | null): Answer['proxy'] {
  if (proxy === null) return { kind: 'outside', workload: null, namespace: null, labels: {} }
  const { type, name, namespace, labels } = proxy
  return type === 'gateway'
    ? { kind: 'router', workload: null, namespace, labels }
    : { kind: 'sidecar', workload: name, namespace, labels }
}

function place(origin: Provenance | null): Place {
  if (origin === null) return { resource: null, file: null, line: null }
  const { file, line } = origin.position
  return { resource: origin.resource, file, line }
}

function shapePassed({ index, name, origin, code, because }: PassedRoute) {
  return { index, name, ...place(origin), code, because }
}

/** Outcomes are of several kinds, and here every kind has the fields of all. */
function shapeOutcome(outcome: Outcome): AnsweredOutcome {
  const all: Partial<AnsweredOutcome> = outcome
  return {
    kind: outcome.kind,
    cluster: all.cluster ?? null,
    subset: all.subset ?? null,
    endpoints: (all.endpoints ?? []).map(({ address, port, workload, namespace }) => ({
      address,
      port,
      workload,
      namespace,
    })),
    weights: (all.weights ?? []).map(({ cluster, weight }) => ({ cluster, weight })),
    status: all.status ?? null,
    body: all.body ?? null,
    flags: all.flags ?? [],
    detail: all.detail ?? null,
    location: all.location ?? null,
  }
}

function shapeRewrite({ path, authority }: Decision['rewrite']): Answer['rewrite'] {
  return path === null && authority === null ? null : { path, host: authority }
}

function shapeOperations({ set, add, remove }: HeaderOperations): HeaderOperations {
  return { set, add, remove }
}

function shapeRetries({ attempts, perTryTimeout, on, statuses }: Retries): Retries {
  return { attempts, perTryTimeout, on, statuses }
}

function shapeFault(fault: Decision['fault']): Answer['fault'] {
  if (fault === null) return null
  const { delay, abort } = fault
  return {
    delay: delay && { ms: delay.ms, percent: delay.percent },
    abort: abort && { status: abort.status, percent: abort.percent },
  }
}
