import { createHops, isClientRequest } from './client-request.ts'
import { choosePropagator } from './default.ts'
import type { PropagatorOption } from './default.ts'

/** What the WebSocket of ws takes besides, once the lane is in. */
export interface WithFinishRequest {
  readonly finishRequest: (request: { end(): unknown }, websocket: unknown) => void
}

/**
 * Makes the options for a WebSocket of ws (8.13 and later) whose handshake carries the lane of this scope, to
 * a destination that may have it; judged anew at each redirect that is followed. A header that the caller set
 * wins. `given` stays as it is; a `finishRequest` of its own is called last.
 *
 * @throws TypeError where `propagator` is not a propagator.
 *
 * @example
 * import { WebSocket } from 'ws'
 * import { laneWs } from '@traffic-lanes/propagation/ws'
 *
 * const socket = new WebSocket('ws://testbbb.test-istio:32000/', laneWs({ maxPayload: 1024 }))
 */
export function laneWs(given?: undefined, options?: PropagatorOption): WithFinishRequest
export function laneWs<O extends object>(
  given: O,
  options?: PropagatorOption,
): O & WithFinishRequest
export function laneWs(given: object = {}, options: PropagatorOption = {}): WithFinishRequest {
  const carryLane = createHops(choosePropagator(options))
  const finish: unknown = Reflect.get(given, 'finishRequest')
  return {
    ...given,
    finishRequest(request, websocket) {
      if (isClientRequest(request)) carryLane(request)
      if (typeof finish === 'function') Reflect.apply(finish, undefined, [request, websocket])
      else request.end()
    },
  }
}
