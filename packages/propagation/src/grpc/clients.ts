import { decisions } from '../decisions.ts'
import { onModuleLoad } from '../module-loads.ts'
import type { Propagator } from '../propagator.ts'
import { replaceMethod } from '../replace-method.ts'
import type { CallLike } from './call.ts'
import { startInLane } from './call.ts'

/**
 * Puts the lane into the metadata of every call of every client of @grpc/grpc-js, any number of copies of it. The
 * lane is taken where the call is made, before all interceptors: the request of HTTP/2 that it becomes is made
 * after the name is resolved and a connection is there, in the scope of whoever waited first.
 *
 * @returns a function that removes it.
 */
export function propagateGrpc(propagator: Propagator): () => void {
  const removals: Array<() => void> = []
  const end = onModuleLoad((exports, filename) => {
    if (!FILE.test(filename) || !isInterceptors(exports)) return
    const remove = replaceMethod(
      exports,
      'getInterceptingCall',
      (original) =>
        function getInterceptingCall(this: unknown, ...args: unknown[]): unknown {
          const call: unknown = Reflect.apply(original, this, args)
          const isGiven = propagator.outboundLane() !== undefined || decisions.hasSubscribers
          return isGiven && isCall(call) ? tryStart(call, propagator) : call
        },
    )
    removals.push(remove)
  })
  return () => {
    end()
    for (const remove of removals) remove()
  }
}

// The one place that the four kinds of calls pass. A package may be installed under any name.
const FILE = /[\\/]build[\\/]src[\\/]client-interceptors\.js$/

function isInterceptors(exports: unknown): exports is object {
  return (
    typeof exports === 'object' &&
    exports !== null &&
    typeof Reflect.get(exports, 'InterceptingCall') === 'function'
  )
}

function isCall(value: unknown): value is CallLike {
  return typeof Reflect.get(Object(value), 'start') === 'function'
}

function tryStart(call: CallLike, propagator: Propagator): CallLike {
  try {
    return startInLane(call, undefined, propagator)
  } catch {
    // Frozen: the call goes on without a lane.
    return call
  }
}
