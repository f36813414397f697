const version = process.env['PROJECT_VERSION'] || 'release'

// Before all that serves or calls is loaded, or it would not be seen.
if (process.env['LANES_OTEL'] === '1') {
  const { startOpenTelemetry } = await import('@traffic-lanes/observe/opentelemetry')
  startOpenTelemetry({ service: 'testaaa', version })
}

await import('./main.ts')
