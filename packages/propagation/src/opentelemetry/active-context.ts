import type { OtelContext } from './types.ts'

// Where every copy of @opentelemetry/api 1.x keeps what was registered (its internal/global-utils).
const API = Symbol.for('opentelemetry.js.api.1')

/** OpenTelemetry's context of this moment; undefined where none was registered. */
export function activeContext(): OtelContext | undefined {
  try {
    const manager: unknown = Reflect.get(Object(Reflect.get(globalThis, API)), 'context')
    const active: unknown = Reflect.get(Object(manager), 'active')
    if (typeof active !== 'function') return undefined
    const context: unknown = Reflect.apply(active, manager, [])
    return isContext(context) ? context : undefined
  } catch {
    return undefined
  }
}

function isContext(value: unknown): value is OtelContext {
  return typeof Reflect.get(Object(value), 'getValue') === 'function'
}
