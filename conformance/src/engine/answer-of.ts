import type { Decision } from '@traffic-lanes/routing'
import type { Answer, Outcome } from '../answer.ts'

/** A decision in the shape that both judges answer in. */
export function answerOf(decision: Decision): Answer {
  const { listener, routeConfig, virtualHost, route, rewrite, fault, retries } = decision
  const outcome = { ...nothing, ...decision.outcome }
  const isForward = outcome.kind === 'forward'
  return {
    listener,
    routeConfig,
    virtualHost,
    route: route === null ? null : { index: route.index, name: route.name },
    outcome,
    rewrite:
      rewrite.path === null && rewrite.authority === null
        ? null
        : { path: rewrite.path, host: rewrite.authority },
    requestHeaders: decision.requestHeaders,
    responseHeaders: decision.responseHeaders,
    timeout: isForward ? (decision.timeout ?? 0) : null,
    retries,
    mirrors: decision.mirrors,
    fault: fault && {
      delay: fault.delay && { ms: fault.delay.ms, percent: fault.delay.percent },
      abort: fault.abort && { status: fault.abort.status, percent: fault.abort.percent },
    },
  }
}

const nothing: Omit<Outcome, 'kind'> = {
  cluster: null,
  subset: null,
  endpoints: [],
  weights: [],
  status: null,
  body: null,
  flags: [],
  detail: null,
  location: null,
}
