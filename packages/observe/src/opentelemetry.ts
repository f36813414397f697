import { register } from 'node:module'
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { lanePropagator } from '@traffic-lanes/propagation/opentelemetry'

/** What the traces are named by. */
export interface OpenTelemetryOptions {
  /** `service.name`: `testaaa`. */
  readonly service: string
  /** `service.version`: `release-v1`. */
  readonly version: string
}

/** Probes and scrapes, of which nobody wants spans. */
const quiet = new Set(['/healthz', '/readyz', '/metrics'])

/**
 * Starts OpenTelemetry: spans of incoming and outgoing HTTP, exported by OTLP as OpenTelemetry's own variables say
 * (`OTEL_EXPORTER_OTLP_ENDPOINT`, …), and the lane among the propagators. Call it before anything that serves or
 * calls is imported: what is loaded earlier is not seen. The last spans are sent as the process ends by itself.
 *
 * Needs the `@opentelemetry` packages that package.json lists as optional peers.
 *
 * @example
 * if (process.env['LANES_OTEL'] === '1') {
 *   const { startOpenTelemetry } = await import('@traffic-lanes/observe/opentelemetry')
 *   startOpenTelemetry({ service: 'testaaa', version: 'release-v1' })
 * }
 * await import('./main.js')
 */
export function startOpenTelemetry({ service, version }: OpenTelemetryOptions): void {
  // Modules of Node that are imported, not required, are patched by a loader's hook.
  register('@opentelemetry/instrumentation/hook.mjs', import.meta.url)
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.version': version }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  })
  provider.register({
    propagator: new CompositePropagator({
      propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator(), lanePropagator()],
    }),
  })
  registerInstrumentations({
    tracerProvider: provider,
    instrumentations: [
      new HttpInstrumentation({
        ignoreIncomingRequestHook: ({ url }) => quiet.has(url?.split('?')[0] ?? ''),
      }),
      new UndiciInstrumentation(),
    ],
  })
  process.once('beforeExit', () => void provider.shutdown())
}
