// The data plane of the local mesh beside other forwarders on the same routes: requests a second, CPU time of
// the forwarder per request, p99.
//   node bench/dataplane.js [--rounds N] [--requests N]   (on a built tree; rewrites a section of docs/benchmarks.md)
import { readCount } from './lib/arguments.js'
import { closedLoop } from './lib/closed-loop.js'
import { findForwarders } from './lib/forwarders.js'
import { findProgram } from './lib/peers.js'
import { startModule } from './lib/program.js'
import { describeLoad, describeMachine, median, writeSection } from './lib/report.js'
import { runWrk } from './lib/wrk.js'
import { versions } from './servers/forward/routes.js'

const rounds = readCount('rounds', 5)
const requests = readCount('requests', 40_000)
const CONNECTIONS = 32
/** Seconds. */
const WARM_UP = 3
// `Host` as it stands here: wrk would add another to any other spelling.
const headers = { Host: 'testbbb.shop.svc.cluster.local:32000', 'project-version': 'release-v1' }
const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
const head = `GET / HTTP/1.1\r\n${lines.join('')}\r\n`

const wrk = findProgram('wrk')
if (wrk === undefined) {
  console.error('wrk is not installed: the load comes from Node, which may be the slower side')
}

const backendModule = new URL('servers/backend.js', import.meta.url)
const backends = await Promise.all(versions.map((name) => startModule(backendModule, [name])))
const ports = new Map(versions.map((name, index) => [name, backends[index].port]))
const forwarders = findForwarders(ports, ['undici-dispatch'])

const before = describeLoad()
const results = new Map(forwarders.map(({ name }) => [name, []]))
try {
  for (let round = 1; round <= rounds; round += 1) {
    for (const { name, start } of round % 2 === 1 ? forwarders : forwarders.toReversed()) {
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
    const { port } = forwarder
    // Until the compiler has settled; and it has to be the lane that answers.
    const { body } = await closedLoop({ port, connections: 1, head, requests: 1 })
    if (body !== 'release-v1') throw new Error(`Expected release-v1 to answer, not ${body}`)
    const warm = await sendLoad(port, requests, requests / WARM_UP)
    const cpu = forwarder.cpu()
    const load = await sendLoad(port, requests, warm.requests / warm.seconds)
    const used = forwarder.cpu() - cpu
    return {
      cpu: used / load.requests,
      rate: load.requests / load.seconds,
      p99: load.p99,
      core: (used / 1e6 / load.seconds) * 100,
    }
  } finally {
    await forwarder.stop()
  }
}

/** So many requests, or with wrk, which counts seconds, as many as come in the time that they take at this rate. */
async function sendLoad(port, count, rate) {
  const load = { port, connections: CONNECTIONS }
  if (wrk !== undefined) {
    return runWrk(wrk, { ...load, headers, seconds: Math.max(1, Math.ceil(count / rate)) })
  }
  const { seconds, latencies } = await closedLoop({ ...load, head, requests: count })
  return { requests: count, seconds, p99: latencies[Math.floor(count * 0.99)] }
}

const field = (name, key) => results.get(name).map((each) => each[key])
const middle = (name, key) => median(field(name, key))

/** What lanes costs for each microsecond of another, in the middle of the rounds: only a round compares alike. */
function ratioTo(name) {
  const own = field('lanes', 'cpu')
  return median(field(name, 'cpu').map((cpu, round) => own[round] / cpu))
}

const rows = forwarders.map(({ name }) => [
  label(name),
  middle(name, 'cpu').toFixed(1),
  ratioTo(name).toFixed(2),
  (1 / ratioTo(name)).toFixed(2),
  middle(name, 'rate').toFixed(0),
  middle(name, 'p99').toFixed(1),
  `${middle(name, 'core').toFixed(0)} %`,
  field(name, 'cpu')
    .map((cpu) => cpu.toFixed(1))
    .join(' '),
])

function label(name) {
  if (name === 'lanes') return '**lanes**'
  return name === 'undici-dispatch' ? 'node:http + undici dispatch, nothing else' : name
}

/** `lanes / fast-proxy = 0.62; aim 0.5: missed by 0.12` */
function verdict(name, aims) {
  const ratio = ratioTo(name)
  const told = aims.map(({ text, limit }) => {
    const over = ratio - limit
    return `${text} ${limit}: ${over <= 0 ? 'met' : `missed by ${over.toFixed(2)}`}`
  })
  return `- lanes / ${name} = ${ratio.toFixed(2)}; ${told.join('; ')}.`
}

const proxies = forwarders.filter(({ isProxy }) => isProxy).map(({ name }) => name)
const best = proxies.toSorted((a, b) => middle(a, 'cpu') - middle(b, 'cpu'))[0]
const verdicts = [
  verdict(best, [
    { text: 'aim, of the best other proxy for Node,', limit: 0.5 },
    { text: 'at the least', limit: 0.7 },
  ]),
]
if (results.has('envoy')) {
  verdicts.push(
    verdict('envoy', [
      { text: 'aim', limit: 1.2 },
      { text: 'at the least', limit: 1.5 },
    ]),
  )
}

const section = [
  `\`node bench/dataplane.js --rounds ${rounds} --requests ${requests}\`, ${CONNECTIONS} connections, load from ${wrk === undefined ? 'Node' : 'wrk'}, ${describeMachine()}, ${before} before and ${describeLoad()} after:`,
  '',
  '| forwarder | CPU, us a request | lanes / it | it / lanes | requests/s | p99, ms | of a core | CPU, each round |',
  '|---|--:|--:|--:|--:|--:|--:|---|',
  ...rows.map((row) => `| ${row.join(' | ')} |`),
  '',
  ...verdicts,
].join('\n')
console.log(section)
await writeSection('dataplane', section)
