import { createHops, isClientRequest } from './client-request.ts'
import { choosePropagator } from './default.ts'
import type { PropagatorOption } from './default.ts'

/** As much of a request of superagent, 8 to 10, as is needed. */
export interface SuperagentRequestLike {
  on(event: 'request', listener: (request: { readonly req?: unknown }) => void): unknown
}

/**
 * Makes the superagent plugin that puts the lane of the scope that uses it on a request, to a destination that
 * may have it, and judges anew at each redirect. A header that the caller set wins. On an agent it works for
 * all that the agent requests. HTTP/2, which superagent speaks on demand, is left out.
 *
 * @throws TypeError where `propagator` is not a propagator.
 *
 * @example
 * import superagent from 'superagent'
 * import { laneSuperagent } from '@traffic-lanes/propagation/superagent'
 *
 * const agent = superagent.agent().use(laneSuperagent())
 * await agent.get('http://testbbb.test-istio:32000/')
 */
export function laneSuperagent(
  options: PropagatorOption = {},
): (request: SuperagentRequestLike) => void {
  const propagator = choosePropagator(options)
  return function useLane(request) {
    const carryLane = createHops(propagator)
    // Told once for each hop, when all headers are set and none is written.
    request.on('request', ({ req }) => {
      if (isClientRequest(req)) carryLane(req)
    })
  }
}
