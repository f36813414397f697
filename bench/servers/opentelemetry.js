// OpenTelemetry as a team has it that wants only to carry a header: http, koa and undici, no exporter.
import { createRequire } from 'node:module'
import { context, createContextKey } from '@opentelemetry/api'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { KoaInstrumentation } from '@opentelemetry/instrumentation-koa'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node'

/** Starts it, carrying the header; answers how to read the value. */
export function startOpenTelemetry(header) {
  const key = createContextKey(header)
  const propagator = {
    inject: (active, carrier, setter) => {
      const value = active.getValue(key)
      if (value !== undefined) setter.set(carrier, header, value)
    },
    extract: (active, carrier, getter) => {
      const value = getter.get(carrier, header)
      return value === undefined ? active : active.setValue(key, value)
    },
    fields: () => [header],
  }
  const provider = new NodeTracerProvider()
  provider.register({ propagator })
  for (const Instrumentation of [HttpInstrumentation, KoaInstrumentation, UndiciInstrumentation]) {
    new Instrumentation().setTracerProvider(provider)
  }
  // Patched when it is first required.
  createRequire(import.meta.url)('node:http')
  return () => context.active().getValue(key)
}
