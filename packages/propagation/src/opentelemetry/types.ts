/** As much of OpenTelemetry's `Context` as is needed. */
export interface OtelContext {
  getValue(key: symbol): unknown
  setValue(key: symbol, value: unknown): this
}

/** OpenTelemetry's `TextMapGetter`. */
export interface OtelGetter<C> {
  keys(carrier: C): string[]
  get(carrier: C, key: string): undefined | string | string[]
}

/** OpenTelemetry's `TextMapSetter`. */
export interface OtelSetter<C> {
  set(carrier: C, key: string, value: string): void
}
