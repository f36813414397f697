import type { Diagnostic, Outcome, PassedRoute, Provenance } from '@traffic-lanes/routing'
import type { Answer } from './explain.ts'

/** Raised when a field changes its meaning or goes; new fields leave it. */
const EXPLAIN_SCHEMA_VERSION = 1

/** An answer for programs: every field is always there, null where it does not apply. */
export function explainAsJson(
  { question, request, decision }: Answer,
  warnings: readonly Diagnostic[],
): object {
  const { route, routeConfig, listener, virtualHost, rewrite, fault } = decision
  return {
    schemaVersion: EXPLAIN_SCHEMA_VERSION,
    request: {
      method: request.method,
      url: request.url,
      headers: request.headers,
      destination: {
        address: request.destination.address ?? null,
        port: request.destination.port,
      },
    },
    proxy: question.from,
    listener,
    routeConfig,
    virtualHost,
    route: route && { index: route.index, name: route.name, ...place(route.origin) },
    passed: decision.passed.map(passed),
    outcome: outcome(decision.outcome),
    destinationRule: decision.destinationRule && place(decision.destinationRule),
    rewrite: { path: rewrite.path, host: rewrite.authority },
    requestHeaders: decision.requestHeaders,
    responseHeaders: decision.responseHeaders,
    timeout: decision.timeout,
    retries: decision.retries,
    mirrors: decision.mirrors,
    fault,
    warnings: warnings.map(({ code, message, resource, position }) => ({
      code,
      message,
      resource,
      file: position?.file ?? null,
      line: position?.line ?? null,
    })),
  }
}

interface Place {
  readonly resource: string | null
  readonly file: string | null
  readonly line: number | null
}

function place(origin: Provenance | null): Place {
  return {
    resource: origin?.resource ?? null,
    file: origin?.position.file ?? null,
    line: origin?.position.line ?? null,
  }
}

function passed({ index, name, origin, code, because }: PassedRoute): object {
  return { index, name, ...place(origin), code, because }
}

function outcome(given: Outcome): object {
  const nothing = {
    cluster: null,
    subset: null,
    endpoints: null,
    weights: null,
    status: null,
    body: null,
    flags: null,
    detail: null,
    location: null,
  }
  return { ...nothing, ...given }
}
