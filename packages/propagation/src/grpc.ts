import { choosePropagator } from './default.ts'
import type { PropagatorOption } from './default.ts'
import { tryBindEmitter } from './emitter.ts'
import type { EmitterLike } from './emitter.ts'
import { startInLane } from './grpc/call.ts'
import type { CallLike } from './grpc/call.ts'
import { requestOfCall } from './grpc/inbound.ts'
import type { InboundCallLike } from './grpc/inbound.ts'

/**
 * An interceptor of @grpc/grpc-js. It answers an InterceptingCall; `never`, for that is a class with private
 * members, which no other type fits, and nobody but grpc-js calls this.
 */
export type GrpcInterceptor = <O>(options: O, nextCall: (options: O) => unknown) => never

/** What `laneGrpc` takes. */
export interface LaneGrpcOptions extends PropagatorOption {
  /**
   * Where the calls end, in the form that a client is given it (`testbbb.test-istio:50051`, `dns:///…`), where
   * that is not what the client itself was given: behind a proxy, say. Default: the client's own target.
   */
  readonly target?: string
}

/**
 * Makes the interceptor that puts the lane of the scope that calls into the metadata of each call of a gRPC
 * client, where the target may have it. Metadata that the caller set wins, and stays as it is.
 *
 * @throws TypeError where `propagator` is not a propagator.
 *
 * @example
 * import { laneGrpc } from '@traffic-lanes/propagation/grpc'
 *
 * const interceptors = [laneGrpc()]
 * const client = new Greeter('testbbb.test-istio:50051', credentials, { interceptors })
 */
export function laneGrpc(options?: LaneGrpcOptions): GrpcInterceptor
export function laneGrpc(
  options: LaneGrpcOptions = {},
): (callOptions: unknown, nextCall: (callOptions: unknown) => CallLike) => CallLike {
  const propagator = choosePropagator(options)
  // grpc-js has just made it, for this call.
  return (callOptions, nextCall) => startInLane(nextCall(callOptions), options.target, propagator)
}

/** A handler of a gRPC service: `(call, callback)`, or `(call)` where it answers a stream. */
export type GrpcHandler = (call: never, callback: never) => unknown

/**
 * Makes a handler of a gRPC service run in the lane of the call's metadata, the events of its stream included.
 * A call without a lane, or with one that is not taken, runs without one; `trust` is shown the call as a request.
 *
 * @throws TypeError where `propagator` is not a propagator.
 *
 * @example
 * server.addService(GreeterService, { greet: laneGrpcHandler(greet) })
 */
export function laneGrpcHandler<H extends GrpcHandler>(handler: H, options?: PropagatorOption): H
export function laneGrpcHandler(
  handler: (...args: unknown[]) => unknown,
  options: PropagatorOption = {},
): (...args: unknown[]) => unknown {
  const { receive, run } = choosePropagator(options)
  return function handleInLane(this: unknown, ...args: unknown[]): unknown {
    const call: Partial<EmitterLike> & InboundCallLike = Object(args[0])
    return run(receive(requestOfCall(call)), () => {
      tryBindEmitter(call)
      return Reflect.apply(handler, this, args)
    })
  }
}
