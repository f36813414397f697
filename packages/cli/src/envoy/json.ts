/** A part of an Envoy configuration, as it stands in JSON: protobuf's JSON mapping, snake_case names. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }
export type JsonObject = { readonly [name: string]: Json }

/** A message inside a `google.protobuf.Any`. */
export function any(type: string, fields: JsonObject = {}): JsonObject {
  return { '@type': `type.googleapis.com/${type}`, ...fields }
}

/** A duration in protobuf's JSON mapping: `1.5s`. */
export function seconds(ms: number): string {
  return `${ms / 1000}s`
}

/** A percentage as whole millionths, which is how Istio hands them over. */
export function millionths(percent: number): JsonObject {
  return { numerator: Math.floor(percent * 10_000), denominator: 'MILLION' }
}
