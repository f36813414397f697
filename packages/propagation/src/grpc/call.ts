import type { Propagator } from '../propagator.ts'
import { grpcUrl } from './target.ts'

/** As much of a call of @grpc/grpc-js, before it starts, as is needed. */
export interface CallLike {
  start: (metadata: unknown, ...rest: unknown[]) => unknown
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
 * the target may have it; `target` where it is not that of the channel.
 */
export function startInLane(
  call: CallLike,
  target: string | undefined,
  propagator: Propagator,
): CallLike {
  const { start } = call
  call.start = (metadata, ...rest) => {
    const url = urlOf(call, target)
    return Reflect.apply(start, call, [withLane(metadata, url, propagator), ...rest])
  }
  return call
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
  if (!isMetadata(metadata)) return metadata
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
