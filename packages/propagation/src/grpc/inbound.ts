import type { InboundRequest } from '../edge.ts'

/** As much of a call that a service of @grpc/grpc-js gets as is needed. */
export interface InboundCallLike {
  readonly metadata?: unknown
  getPath?(): unknown
  getPeer?(): unknown
}

/** As much of the Metadata of @grpc/grpc-js as is needed. */
interface MetadataLike {
  getMap(): object
  get(key: string): readonly unknown[]
}

/**
 * A call as the request of HTTP/2 that it came by (gRPC over HTTP2, Requests), so that `trust` may look at it: its
 * metadata are the headers, and its peer is the address.
 */
export function requestOfCall(
  call: InboundCallLike,
): InboundRequest & { readonly headers: object } {
  const [url, peer] = [textOf(() => call.getPath?.()), textOf(() => call.getPeer?.())]
  // `127.0.0.1:50051`, `[::1]:50051`.
  const remoteAddress = peer?.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
  return { headers: headersOf(call.metadata), method: 'POST', url, socket: { remoteAddress } }
}

function headersOf(metadata: unknown): Record<string, string | string[]> {
  if (!isMetadata(metadata)) return Object(metadata)
  const names = Object.keys(metadata.getMap())
  return Object.fromEntries(
    names.map((name) => {
      const values = metadata.get(name).map(String)
      return [name, values.length === 1 ? String(values[0]) : values]
    }),
  )
}

function isMetadata(value: unknown): value is MetadataLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'getMap') === 'function' &&
    typeof Reflect.get(value, 'get') === 'function'
  )
}

function textOf(read: () => unknown): string | undefined {
  try {
    const text = read()
    return typeof text === 'string' ? text : undefined
  } catch {
    // A mock, say.
    return undefined
  }
}
