import { answer } from '@traffic-lanes/routing'
import type { Asked } from '@traffic-lanes/routing'
import type { Answer } from '../answer.ts'

/** What `lanes explain --json` says, as far as Istio and Envoy decide it. */
export function answerOf({ proxy, request, decision }: Asked): Answer {
  const explained = answer(proxy, request, decision)
  const { listener, routeConfig, virtualHost, route, outcome, rewrite } = explained
  const { requestHeaders, responseHeaders, timeout, retries, mirrors, fault } = explained
  return {
    listener,
    routeConfig,
    virtualHost,
    route: route && { index: route.index, name: route.name },
    outcome,
    rewrite,
    requestHeaders,
    responseHeaders,
    timeout,
    retries,
    mirrors,
    fault,
  }
}
