/** `version-traceid-parentid-flags` (W3C Trace Context, 2.2); later versions may append fields. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)/

/** The trace's id of a `traceparent` header: 32 hexadecimal digits; null where it has none that is valid. */
export function traceIdOf(traceparent: string): string | null {
  const id = TRACEPARENT.exec(traceparent)?.[1]
  return id === undefined || /^0+$/.test(id) ? null : id
}
