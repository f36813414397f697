// What carrying the lane costs a Koa server: CPU time of the server process per request.
// node bench/propagation.js [--rounds N] [--requests N]   (on a built tree; rewrites a section of docs/benchmarks.md)
import { readCount } from './lib/arguments.js'
import { measure } from './lib/measure.js'
import {
  describeLoad,
  describeMachine,
  describeVersions,
  median,
  writeSection,
} from './lib/report.js'

const server = new URL('./servers/koa.js', import.meta.url)
const lane = { 'project-version': 'release-v1' }
const none = {}

// Each variant is compared with the bare server that gets the very same headers.
const variants = [
  { name: 'Koa', mode: 'bare', headers: lane, lane: 'none' },
  { name: 'Koa + AsyncLocalStorage', mode: 'als', headers: lane, lane: 'release-v1' },
  { name: 'Koa + SDK', mode: 'sdk', headers: lane, lane: 'release-v1' },
  { name: 'Koa, no lane', mode: 'bare', headers: none, lane: 'none' },
  { name: 'Koa + AsyncLocalStorage, no lane', mode: 'als', headers: none, lane: 'none' },
  { name: 'Koa + SDK, no lane', mode: 'sdk', headers: none, lane: 'none' },
].map((variant) => Object.assign(variant, { server }))

const rounds = readCount('rounds', 7)
const requests = readCount('requests', 20_000)
const before = describeLoad()
const results = await measure(variants, { rounds, requests, log: console.error })

const rows = variants.map(({ name, headers }) => {
  const own = results.get(name)
  const bare = results.get(variants.find((other) => other.headers === headers).name)
  return [
    name,
    median(own).toFixed(1),
    (median(own) / median(bare)).toFixed(2),
    (median(own) - median(bare)).toFixed(1),
    own.map((value) => value.toFixed(1)).join(' '),
  ]
})

const section = [
  `\`node bench/propagation.js --rounds ${rounds} --requests ${requests}\`, ${describeMachine()}, ${describeVersions(['koa', '@traffic-lanes/propagation'])}, ${before} before and ${describeLoad()} after:`,
  '',
  '| server, one `GET /` | median, us | ratio to bare | difference, us | each round, us |',
  '|---|--:|--:|--:|---|',
  ...rows.map((row) => `| ${row.join(' | ')} |`),
].join('\n')

console.log(section)
await writeSection('propagation', section)
