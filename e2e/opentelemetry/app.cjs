// A service with the real OpenTelemetry and no integration of ours but the propagator: answers what its calls
// carried. The argument is `otel` for OpenTelemetry alone, `lanes` for the propagator beside it.
const {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} = require('@opentelemetry/core')
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http')
const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici')
const { NodeTracerProvider } = require('@opentelemetry/sdk-trace-node')

const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()]
const http = new HttpInstrumentation()
const undici = new UndiciInstrumentation()
const provider = new NodeTracerProvider()
for (const instrumentation of [http, undici]) instrumentation.setTracerProvider(provider)

async function start() {
  const lanes = await import('@traffic-lanes/propagation/opentelemetry')
  const { createPropagator } = await import('@traffic-lanes/propagation')
  const lane = process.argv[2] === 'lanes' ? lanes.lanePropagator() : undefined
  const fromBaggage = createPropagator({ header: 'x-divert', baggage: { key: 'divert' } })
  if (lane !== undefined) {
    propagators.push(lane, lanes.lanePropagator({ propagator: fromBaggage }))
  }
  provider.register({ propagator: new CompositePropagator({ propagators }) })
  const { createServer, request } = require('node:http')
  const { context } = require('@opentelemetry/api')
  const axios = require('axios')
  const { Agent, setGlobalDispatcher } = require('undici')
  // What makes the wrong context show: requests that wait for one of two connections.
  setGlobalDispatcher(new Agent({ connections: 2 }))

  const server = createServer((incoming, response) => {
    if (incoming.url === '/echo') {
      const {
        traceparent,
        baggage,
        'project-version': version,
        'x-divert': divert,
      } = incoming.headers
      const seen = { lane: version ?? null, divert: divert ?? null, baggage: baggage ?? null }
      setTimeout(
        () => response.end(JSON.stringify({ ...seen, traced: traceparent !== undefined })),
        5,
      )
      return
    }
    if (incoming.url.startsWith('/to?')) {
      response.writeHead(302, { location: decodeURIComponent(incoming.url.slice(4)) }).end()
      return
    }
    void callAll().then((calls) => response.end(JSON.stringify(calls)))
  })
  const base = () => `http://localhost:${server.address().port}`
  const byRequest = (options) =>
    new Promise((resolve, reject) => {
      const outgoing = request(options, (response) => {
        response.on('data', (data) => resolve(JSON.parse(String(data))))
      })
      outgoing.on('error', reject).end()
    })

  async function callAll() {
    const away = `${base().replace('localhost', '[::ffff:127.0.0.1]')}/echo`
    const [viaAxios, viaFetch, viaRequest, outside, redirected] = await Promise.all([
      axios.get(`${base()}/echo`).then(({ data }) => data),
      fetch(`${base()}/echo`).then((response) => response.json()),
      byRequest(new URL(`${base()}/echo`)),
      axios.get(away).then(({ data }) => data),
      fetch(`${base()}/to?${encodeURIComponent(away)}`).then((response) => response.json()),
    ])
    const found = lane?.laneOf(context.active()) ?? null
    return { found, viaAxios, viaFetch, viaRequest, outside, redirected }
  }

  server.listen(0, () => console.log(server.address().port))
  process.stdin.on('end', () => process.exit()).resume()
}

void start()
