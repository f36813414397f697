// What carrying the lane costs a Koa server: CPU time of the server process per request, beside the peers.
// node bench/propagation.js [--rounds N] [--requests N]   (on a built tree; rewrites a section of docs/benchmarks.md)
// … --hello   only `/`, beside the least that keeps a value; a section for each major version of Node, as up to 22 a
//             store makes every promise dearer
import { readCount, readFlag } from './lib/arguments.js'
import { measure } from './lib/measure.js'
import {
  describeLoad,
  describeMachine,
  describeVersions,
  median,
  writeSection,
} from './lib/report.js'

const server = new URL('./servers/koa.js', import.meta.url)
const lane = 'release-v1'
const rounds = readCount('rounds', 5)
const requests = readCount('requests', 12_000)
const isHello = readFlag('hello')

const HELLO = new Set(['bare', 'als', 'sdk', 'register'])

const allModes = [
  { mode: 'bare', title: 'Koa', carries: [] },
  { mode: 'als', title: 'AsyncLocalStorage, by hand', carries: ['/', '/axios', '/fetch', '/body'] },
  { mode: 'sdk', title: 'this SDK, two lines', carries: ['/', '/axios', '/fetch', '/body'] },
  {
    mode: 'register',
    title: 'this SDK, register',
    carries: ['/', '/axios', '/fetch', '/body'],
    execArgv: ['--import', '@traffic-lanes/propagation/register'],
  },
  // It says nothing of what it carries, and does not know fetch.
  { mode: 'hpropagate', title: 'hpropagate', carries: ['/axios'] },
  { mode: 'otel', title: 'OpenTelemetry', carries: ['/', '/axios', '/fetch', '/body'] },
]

const modes = allModes.filter(({ mode }) => !isHello || HELLO.has(mode))

// A call costs as much as ten hellos, and a body of 50 KB as five.
const allScenarios = [
  { title: '`GET /`, no lane', path: '/', probe: '/lane', headers: {}, requests: 2 * requests },
  { title: '`GET /`', path: '/', probe: '/lane', requests: 2 * requests },
  { title: 'one call by axios', path: '/axios', probe: '/axios', requests: requests / 4 },
  { title: 'one call by fetch', path: '/fetch', probe: '/fetch', requests: requests / 4 },
  {
    title: '`POST` of 50 KB',
    path: '/body',
    probe: '/lane',
    bytes: 50_000,
    requests: requests / 4,
  },
]

const scenarios = allScenarios.filter(({ path }) => !isHello || path === '/')

const variants = scenarios.flatMap((scenario) => modes.map((mode) => variantOf(scenario, mode)))

function variantOf({ title, headers = { 'project-version': lane }, ...scenario }, mode) {
  const isSeen = mode.carries.includes(scenario.path) && 'project-version' in headers
  const name = `${title}: ${mode.title}`
  return {
    ...scenario,
    ...mode,
    name,
    scenario: title,
    headers,
    server,
    lane: isSeen ? lane : 'none',
  }
}

const PEERS = isHello
  ? ''
  : ', hpropagate 1.0.1, OpenTelemetry (sdk-trace-node, http, koa, undici; no exporter)'

const before = describeLoad()
const results = await measure(variants, { rounds, log: console.error })

const tables = scenarios.flatMap(({ title }) => {
  const own = variants.filter(({ scenario }) => scenario === title)
  const bare = results.get(own[0].name)
  const rows = own.map((variant) => {
    const values = results.get(variant.name)
    return [
      variant.title,
      variant.lane === 'none' ? '' : 'yes',
      median(values).toFixed(1),
      (median(values) - median(bare)).toFixed(1),
      Math.min(...values).toFixed(1),
      (Math.min(...values) - Math.min(...bare)).toFixed(1),
      values.map((value) => value.toFixed(1)).join(' '),
    ]
  })
  const head = [
    '',
    `| ${title} | lane seen | median, us | over Koa | least, us | over Koa | each round, us |`,
    '|---|---|--:|--:|--:|--:|---|',
  ]
  return head.concat(rows.map((row) => `| ${row.join(' | ')} |`))
})

const section = [
  `\`node bench/propagation.js${isHello ? ' --hello' : ''} --rounds ${rounds} --requests ${requests}\`, ${describeMachine()}, ${describeVersions(['koa', 'axios', '@traffic-lanes/propagation'])}${PEERS}, ${before} before and ${describeLoad()} after:`,
  ...tables,
].join('\n')

console.log(section)
const [major] = process.versions.node.split('.')
await writeSection(isHello ? `hello-node-${major}` : 'propagation', section)
