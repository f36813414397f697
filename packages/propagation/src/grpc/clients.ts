import { bind } from '../bind.ts'
import { onModuleLoad } from '../module-loads.ts'
import type { Propagator } from '../propagator.ts'
import { isMethod, replaceMethod } from '../replace-method.ts'
import type { CallLike } from './call.ts'
import { startInLane } from './call.ts'

/**
 * Puts the lane into the metadata of every call of every client of @grpc/grpc-js, any number of copies of it. The
 * lane is taken where the call is made, before all interceptors: the request of HTTP/2 that it becomes is made
 * after the name is resolved and a connection is there, in the scope of whoever waited first. For the same reason
 * what is answered, and that a channel is ready, is told in the scope of whoever asked.
 *
 * @returns a function that removes it.
 */
export function propagateGrpc(propagator: Propagator): () => void {
  const removals: Array<() => void> = []
  const end = onModuleLoad((exports, filename) => {
    const [, file] = FILE.exec(filename) ?? []
    if (file === undefined || !isObject(exports)) return
    const replace = file === 'channel' ? replaceWatch : replaceCalls
    removals.push(replace(exports, propagator))
  })
  return () => {
    end()
    for (const remove of removals) remove()
  }
}

// A package may be installed under any name.
const FILE = /[\\/]build[\\/]src[\\/](channel|client-interceptors)\.js$/

// The one place that the four kinds of calls pass.
function replaceCalls(exports: object, propagator: Propagator): () => void {
  if (typeof Reflect.get(exports, 'InterceptingCall') !== 'function') return () => undefined
  return replaceMethod(
    exports,
    'getInterceptingCall',
    (original) =>
      function getInterceptingCall(this: unknown, ...args: unknown[]): unknown {
        const call: unknown = Reflect.apply(original, this, args)
        return isCall(call) ? tryStart(call, propagator) : call
      },
  )
}

// What `waitForReady` of a client waits by.
function replaceWatch(exports: object): () => void {
  const channel: unknown = Reflect.get(exports, 'ChannelImplementation')
  return replaceMethod(
    Object(Reflect.get(Object(channel), 'prototype')),
    'watchConnectivityState',
    (original) =>
      function watchConnectivityState(this: unknown, ...args: unknown[]): unknown {
        const bound = args.map((arg) => (isMethod(arg) ? bind(arg) : arg))
        return Reflect.apply(original, this, bound)
      },
  )
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
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
