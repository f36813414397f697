import { bind } from '../bind.ts'
import { decisions } from '../decisions.ts'
import type { Propagator } from '../propagator.ts'
import { isMethod } from '../replace-method.ts'
import { grpcUrl } from './target.ts'

/** As much of a call of @grpc/grpc-js, before it starts, as is needed. */
export interface CallLike {
  start: (metadata: unknown, listener: unknown, ...rest: unknown[]) => unknown
  getPeer(): unknown
}

/** As much of the Metadata of @grpc/grpc-js as is needed. */
interface MetadataLike {
  get(key: string): unknown[]
  set(key: string, value: string): void
  clone(): MetadataLike
}

/**
 * Makes a call that grpc-js has just made start with the lane of the scope that starts it in its metadata, where
 * the target may have it; `target` where it is not that of the channel. What is answered arrives in that scope: a
 * connection speaks in that of the call which opened it, whosever the answer is.
 */
export function startInLane(
  call: CallLike,
  target: string | undefined,
  propagator: Propagator,
): CallLike {
  const { start } = call
  call.start = (metadata, listener, ...rest) => {
    const url = urlOf(call, target)
    return Reflect.apply(start, call, [
      withLane(metadata, url, propagator),
      inScope(listener),
      ...rest,
    ])
  }
  return call
}

const EVENTS = ['onReceiveMetadata', 'onReceiveMessage', 'onReceiveStatus']

// A listener of grpc-js, which is a class where interceptors are at work: the methods keep their `this`.
function inScope(listener: unknown): unknown {
  if (typeof listener !== 'object' || listener === null) return listener
  const bound: object = Object.create(listener)
  for (const name of EVENTS) {
    const method: unknown = Reflect.get(listener, name)
    // Its length stays: grpc-js counts the parameters.
    if (isMethod(method))
      Reflect.defineProperty(bound, name, { value: bind(method.bind(listener)) })
  }
  return bound
}

// Before it starts, a call has no peer yet but the target of its channel.
function urlOf(call: CallLike, given: string | undefined): string {
  try {
    const target = given ?? call.getPeer()
    return typeof target === 'string' ? grpcUrl(target) : ''
  } catch {
    return ''
  }
}

function withLane(metadata: unknown, url: string, propagator: Propagator): unknown {
  const { header, inject, outboundLane } = propagator
  const isGiven = outboundLane() !== undefined || decisions.hasSubscribers
  if (!isGiven || !isMetadata(metadata)) return metadata
  const [lane] = metadata.get(header)
  // Put there by another integration already.
  if (lane !== undefined && lane === outboundLane()) return metadata
  const copy = metadata.clone()
  return inject(copy, { url }) ? copy : metadata
}

function isMetadata(value: unknown): value is MetadataLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'clone') === 'function' &&
    typeof Reflect.get(value, 'set') === 'function'
  )
}
