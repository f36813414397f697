// The data plane of the local mesh beside other forwarders on the same routes: requests a second, CPU time of
// the forwarder per request, p99, and memory while large bodies pass.
//   node bench/dataplane.js [--rounds N] [--requests N]   (on a built tree; rewrites a section of docs/benchmarks.md)
import { readCount } from './lib/arguments.js'
import { closedLoop } from './lib/closed-loop.js'
import { findProgram, startEnvoy, startNginx } from './lib/peers.js'
import { startModule } from './lib/program.js'
import { describeLoad, describeMachine, median, writeSection } from './lib/report.js'
import { versions } from './servers/forward/routes.js'

const rounds = readCount('rounds', 5)
const requests = readCount('requests', 30_000)
const CONNECTIONS = 32
const head =
  'GET / HTTP/1.1\r\nhost: testbbb.shop.svc.cluster.local:32000\r\nproject-version: release-v1\r\n\r\n'

const backendModule = new URL('servers/backend.js', import.meta.url)
const backends = await Promise.all(versions.map((name) => startModule(backendModule, [name])))
const ports = new Map(versions.map((name, index) => [name, backends[index].port]))

const module = (name) => ({
  name,
  start: () =>
    startModule(
      new URL(`servers/forward/${name}.js`, import.meta.url),
      [...ports].map(([version, port]) => `${version}=${port}`),
    ),
})
const variants = ['lanes', 'http-proxy-3', 'fast-proxy', 'node-http', 'undici-stream'].map(module)
for (const { name, start } of [
  { name: 'nginx', start: startNginx },
  { name: 'envoy', start: startEnvoy },
]) {
  const path = findProgram(name)
  if (path === undefined) console.error(`NOT RUN: ${name}; \`pnpm test:real\` installs it`)
  else variants.push({ name, start: () => start(path, ports) })
}

const before = describeLoad()
const results = new Map(variants.map(({ name }) => [name, []]))
try {
  for (let round = 1; round <= rounds; round += 1) {
    for (const { name, start } of round % 2 === 1 ? variants : variants.toReversed()) {
      const result = await measure(start)
      results.get(name).push(result)
      console.error(
        `round ${round} of ${rounds}: ${name}: ${result.cpu.toFixed(1)} us, ${result.rate.toFixed(0)}/s`,
      )
    }
  }
} finally {
  await Promise.all(backends.map((backend) => backend.stop()))
}

async function measure(start) {
  const forwarder = await start()
  try {
    const load = { port: forwarder.port, connections: CONNECTIONS, head }
    // Until the compiler has settled.
    await closedLoop({ ...load, requests: Math.ceil(requests / 2) })
    const cpu = forwarder.cpu()
    const { seconds, latencies, body } = await closedLoop({ ...load, requests })
    if (body !== 'release-v1') throw new Error(`Expected release-v1 to answer, not ${body}`)
    return {
      cpu: (forwarder.cpu() - cpu) / requests,
      rate: requests / seconds,
      p99: latencies[Math.floor(requests * 0.99)],
      memory: forwarder.memory() / 1e6,
    }
  } finally {
    await forwarder.stop()
  }
}

const middle = (name, field) => median(results.get(name).map((each) => each[field]))
const own = middle('lanes', 'cpu')
const rows = variants.map(({ name }) => [
  name === 'lanes' ? '**lanes**' : name,
  middle(name, 'cpu').toFixed(1),
  (own / middle(name, 'cpu')).toFixed(2),
  middle(name, 'rate').toFixed(0),
  middle(name, 'p99').toFixed(1),
  middle(name, 'memory').toFixed(0),
  results
    .get(name)
    .map(({ cpu }) => cpu.toFixed(1))
    .join(' '),
])
const section = [
  `\`node bench/dataplane.js --rounds ${rounds} --requests ${requests}\`, ${CONNECTIONS} connections, ${describeMachine()}, ${before} before and ${describeLoad()} after:`,
  '',
  '| forwarder | CPU, us a request | lanes to it | requests/s | p99, ms | memory, MB | CPU, each round |',
  '|---|--:|--:|--:|--:|--:|---|',
  ...rows.map((row) => `| ${row.join(' | ')} |`),
].join('\n')
console.log(section)
await writeSection('dataplane', section)
