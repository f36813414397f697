// Memory of a forwarder while large bodies pass: many streams at once, answers first and then requests, the
// resident memory sampled all the time. Flat is what does not grow with what has passed.
//   node bench/streams.js [--streams N] [--megabytes N]   (on a built tree; rewrites a section of docs/benchmarks.md)
import { setTimeout as wait } from 'node:timers/promises'
import { readCount } from './lib/arguments.js'
import { findForwarders } from './lib/forwarders.js'
import { startModule } from './lib/program.js'
import { describeLoad, describeMachine, writeSection } from './lib/report.js'
import { download, upload } from './lib/streams.js'
import { versions } from './servers/forward/routes.js'

const streams = readCount('streams', 100)
const megabytes = readCount('megabytes', 100)
const SAMPLE_INTERVAL = 20
const size = megabytes * 1e6

const backend = await startModule(new URL('servers/streams-backend.js', import.meta.url))
const ports = new Map(versions.map((name) => [name, backend.port]))
const before = describeLoad()
const rows = []
try {
  for (const { name, start } of findForwarders(ports)) {
    const forwarder = await start()
    try {
      // A few before, so that what is loaded and opened once does not count as growth.
      await download({ port: forwarder.port, streams: 4, size: 1e6 })
      await upload({ port: forwarder.port, streams: 4, size: 1e6 })
      for (const { direction, pass } of [
        { direction: 'answers', pass: download },
        { direction: 'requests', pass: upload },
      ]) {
        const row = await measure(forwarder, pass)
        console.error(
          `${name}, ${direction}: ${row.start.toFixed(0)} MB, peak ${row.peak.toFixed(0)} MB`,
        )
        rows.push([
          name === 'lanes' ? '**lanes**' : name,
          direction,
          ...[row.start, row.early, row.late, row.peak, row.end].map((value) => value.toFixed(0)),
          row.cpu.toFixed(2),
          ((megabytes * streams) / row.seconds).toFixed(0),
        ])
      }
    } finally {
      await forwarder.stop()
    }
  }
} finally {
  await backend.stop()
}

async function measure(forwarder, pass) {
  const began = performance.now()
  const cpu = forwarder.cpu()
  const memory = () => forwarder.memory() / 1e6
  const samples = [memory()]
  const timer = setInterval(() => samples.push(memory()), SAMPLE_INTERVAL)
  await pass({ port: forwarder.port, streams, size })
  clearInterval(timer)
  const seconds = (performance.now() - began) / 1000
  const used = forwarder.cpu() - cpu
  // What a process keeps for good, and not for the next moment.
  await wait(1000)
  const half = Math.ceil(samples.length / 2)
  return {
    start: samples[0],
    early: Math.max(...samples.slice(0, half)),
    late: Math.max(...samples.slice(half)),
    peak: Math.max(...samples),
    end: memory(),
    cpu: used / 1e6 / ((streams * megabytes) / 1000),
    seconds,
  }
}

const section = [
  `\`node bench/streams.js --streams ${streams} --megabytes ${megabytes}\`, ${streams} at once, ${megabytes} MB each, ${describeMachine()}, ${before} before and ${describeLoad()} after; resident memory in MB, sampled every ${SAMPLE_INTERVAL} ms:`,
  '',
  '| forwarder | bodies of | before | peak, first half | peak, second half | peak | a second after | CPU, s a GB | MB/s |',
  '|---|---|--:|--:|--:|--:|--:|--:|--:|',
  ...rows.map((row) => `| ${row.join(' | ')} |`),
].join('\n')
console.log(section)
await writeSection('streams', section)
