// The engine: one decision, from 1 to 10,000 lanes of one service, beside Envoy with as many routes.
//   node bench/routing.js [--rounds N]   (on a built tree; rewrites a section of docs/benchmarks.md)
import { buildMesh, compile, decide, findProxy, loadManifests } from '@traffic-lanes/routing'
import { readCount } from './lib/arguments.js'
import { closedLoop } from './lib/closed-loop.js'
import { findProgram, startEnvoy } from './lib/peers.js'
import { startModule } from './lib/program.js'
import { describeLoad, describeMachine, median, writeSection } from './lib/report.js'

const rounds = readCount('rounds', 5)
const sizes = [1, 10, 100, 1000, 10_000]
const before = describeLoad()

const backend = await startModule(new URL('servers/backend.js', import.meta.url), ['release'])
const envoyPath = findProgram('envoy')
if (envoyPath === undefined) console.error('NOT RUN: envoy; `pnpm test:real` installs it')
const rows = []
try {
  for (const lanes of sizes) {
    const decisions = timeDecisions(lanes)
    const envoy = envoyPath === undefined ? null : await timeEnvoy(envoyPath, lanes)
    console.error(`${lanes} lanes: ${median(decisions).toFixed(2)} us`)
    rows.push([
      lanes.toLocaleString('en'),
      median(decisions).toFixed(2),
      envoy === null ? 'not run' : median(envoy).toFixed(1),
      decisions.map((us) => us.toFixed(2)).join(' '),
      envoy?.map((us) => us.toFixed(1)).join(' ') ?? '',
    ])
  }
} finally {
  await backend.stop()
}

/** Microseconds of CPU a decision, one value a round; with the making of the request, whose strings no one has seen. */
function timeDecisions(lanes) {
  const config = configWith(lanes)
  const random = numbers(lanes)
  const heads = Array.from({ length: 10_000 }, () =>
    Buffer.from(`/orders/7?page=2 lane-${Math.floor(random() * lanes)}`),
  )
  const once = () => {
    const start = process.cpuUsage()
    for (let round = 0; round < 10; round += 1)
      for (const head of heads) decide(config, requestOf(head), { passed: false })
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 100_000
  }
  once()
  return Array.from({ length: rounds }, once)
}

/** As a server has it: a constant's hash is known, and that of what has just come is not. */
function requestOf(head) {
  const space = head.indexOf(32)
  return {
    method: 'GET',
    url: `http://testbbb.shop:32000${head.latin1Slice(0, space)}`,
    headers: [
      ['accept', '*/*'],
      ['project-version', head.latin1Slice(space + 1)],
    ],
    destination: { address: 'testbbb.shop', port: 32_000 },
  }
}

/** The same numbers from 0 to 1 in every run (mulberry32). */
function numbers(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

function configWith(lanes) {
  const names = Array.from({ length: lanes }, (_, index) => `lane-${index}`)
  const text = JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'testbbb', namespace: 'shop' },
        spec: { selector: { app: 'testbbb' }, ports: [{ name: 'http', port: 32_000 }] },
      },
      deployment('caller', 'release'),
      ...['release', ...names].map((version) => deployment('testbbb', version)),
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'DestinationRule',
        metadata: { name: 'testbbb', namespace: 'shop' },
        spec: {
          host: 'testbbb',
          subsets: ['release', ...names].map((name) => ({ name, labels: { version: name } })),
        },
      },
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'VirtualService',
        metadata: { name: 'testbbb', namespace: 'shop' },
        spec: {
          hosts: ['testbbb'],
          http: [
            ...names.map((name) => ({
              match: [{ headers: { 'project-version': { exact: name } } }],
              route: [{ destination: { host: 'testbbb', subset: name } }],
            })),
            { route: [{ destination: { host: 'testbbb', subset: 'release' } }] },
          ],
        },
      },
    ],
  })
  const mesh = buildMesh(loadManifests([{ file: 'bench.yaml', text }]).resources)
  return compile(mesh, findProxy(mesh, 'deployment/shop/caller-release'))
}

function deployment(app, version) {
  const labels = { app, version }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `${app}-${version}`, namespace: 'shop' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: app, image: app }] } },
    },
  }
}

/** Microseconds of Envoy's CPU a whole request, one value a round; the lane asked for is the middle one. */
async function timeEnvoy(path, lanes) {
  const values = []
  for (let round = 0; round < rounds; round += 1) {
    values.push(await cpuOf(path, lanes))
  }
  return values
}

async function cpuOf(path, lanes) {
  const requests = 10_000
  const routes = Array.from({ length: lanes }, (_, index) => ({
    match: {
      prefix: '/',
      headers: [{ name: 'project-version', string_match: { exact: `lane-${index}` } }],
    },
    route: { cluster: 'release' },
  }))
  const envoy = await startEnvoy(path, new Map([['release', backend.port]]), routes)
  try {
    const head = `GET /orders/7?page=2 HTTP/1.1\r\nhost: testbbb.shop\r\nproject-version: lane-${Math.floor(lanes / 2)}\r\n\r\n`
    const load = { port: envoy.port, connections: 32, head }
    await closedLoop({ ...load, requests: 2000 })
    const cpu = envoy.cpu()
    await closedLoop({ ...load, requests })
    return (envoy.cpu() - cpu) / requests
  } finally {
    await envoy.stop()
  }
}

const section = [
  `\`node bench/routing.js --rounds ${rounds}\`, ${describeMachine()}, ${before} before and ${describeLoad()} after:`,
  '',
  '| lanes | `decide`, us | Envoy, whole request, us | `decide`, each round | Envoy, each round |',
  '|--:|--:|--:|---|---|',
  ...rows.map((row) => `| ${row.join(' | ')} |`),
].join('\n')
console.log(section)
await writeSection('routing', section)
