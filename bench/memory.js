// Whether carrying lanes keeps memory: the heap of the server process after a collection, over a million requests.
// node --expose-gc is given to the server by this script; node bench/memory.js [--requests N]
import { readCount } from './lib/arguments.js'
import { answer, ask, start, startServer } from './lib/process.js'
import { describeMachine, describeVersions, writeSection } from './lib/report.js'

const requests = readCount('requests', 1_000_000)
const STEPS = 5
const server = new URL('./servers/koa.js', import.meta.url)

const variants = [
  { title: 'Koa', mode: 'bare', execArgv: [] },
  { title: 'this SDK, two lines', mode: 'sdk', execArgv: [] },
  {
    title: 'this SDK, register',
    mode: 'register',
    execArgv: ['--import', '@traffic-lanes/propagation/register'],
  },
]

const rows = []
for (const { title, mode, execArgv } of variants) {
  const heaps = await heapsOf(mode, execArgv)
  rows.push([title, ...heaps.map((bytes) => (bytes / 2 ** 20).toFixed(2))])
  console.error(rows.at(-1).join('  '))
}

const counts = Array.from({ length: STEPS + 1 }, (_, step) => (requests / STEPS) * step)
const section = [
  `\`node bench/memory.js --requests ${requests}\`, ${describeMachine()}, ${describeVersions(['koa', '@traffic-lanes/propagation'])}. Heap in MB after two collections, by the number of requests since the warm-up of 20,000; 5,000 lanes in turn:`,
  '',
  `| server | ${counts.map((count) => count.toLocaleString('en')).join(' | ')} |`,
  `|---|${counts.map(() => '--:').join('|')}|`,
  ...rows.map((row) => `| ${row.join(' | ')} |`),
].join('\n')

console.log(section)
await writeSection('memory', section)

async function heapsOf(mode, execArgv) {
  const serving = startServer({ server, mode, execArgv: ['--expose-gc', ...execArgv] })
  const loading = start('./load.js')
  try {
    const { port } = await answer(serving)
    const headers = { 'project-version': 'release-v1' }
    const load = async (count) =>
      ask(loading, { port, path: '/', headers, lanes: 5000, requests: count })
    await load(20_000)
    const heaps = []
    for (let step = 0; step <= STEPS; step += 1) {
      if (step > 0) await load(requests / STEPS)
      const { heapUsed } = await ask(serving, 'heap')
      heaps.push(heapUsed)
    }
    return heaps
  } finally {
    serving.kill()
    loading.kill()
  }
}
