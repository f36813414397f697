// 503 UC with a real Envoy and the four remedies that are told for it: errors, requests a second, latency.
//   node bench/uc.js [--rounds N] [--requests N] [--bursts N]   (on a built tree; rewrites a section of
//   docs/benchmarks.md; `pnpm test:real` installs Envoy)
import { execFileSync, fork } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { readCount } from './lib/arguments.js'
import { findProgram, freePort, listening } from './lib/peers.js'
import { answer, ask } from './lib/process.js'
import { start } from './lib/program.js'
import { describeLoad, describeMachine, median, writeSection } from './lib/report.js'

/** Node's 5 s and our 75 s, in milliseconds here. Node waits a second longer than it is told. */
const STOCK = 500
const LONG = 7500
const BUFFER = 1000
/** How long the service is busy while the time for idle connections runs out. */
const BUSY = 100
const CONNECTIONS = 20
const CLIENTS = 16

const NONE = { policy: '{}', retries: '{ attempts: 2 }' }
const variants = [
  { name: 'as it comes', server: 'stock', ...NONE },
  {
    name: '1. retries on reset',
    server: 'stock',
    ...NONE,
    retries: '{ attempts: 3, retryOn: reset }',
  },
  { name: '2. idleTimeout', server: 'stock', ...NONE, policy: '{ idleTimeout: 300ms }' },
  {
    name: '3. maxRequestsPerConnection: 1',
    server: 'stock',
    ...NONE,
    policy: '{ maxRequestsPerConnection: 1 }',
  },
  { name: '4. longer keepAliveTimeout', server: 'long', ...NONE },
  { name: 'serve and k8s/ (2 and 4)', server: 'serve', ...NONE, policy: '{ idleTimeout: 300ms }' },
]

const envoy = findProgram('envoy')
if (envoy === undefined) throw new Error('NOT RUN: no Envoy; `pnpm test:real` installs it')
const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'bench-uc-'))
const rounds = readCount('rounds', 3)
const requests = readCount('requests', 20_000)
const bursts = readCount('bursts', 10)

/** Starts the service and its Envoy, lets `measure` work, ends both. */
async function onStage({ server, policy, retries }, measure) {
  const service = fork(fileURLToPath(new URL('../real/servers/service.js', import.meta.url)), [
    server === 'serve' ? 'serve' : 'stock',
    String(server === 'stock' ? STOCK : LONG),
  ])
  const { port: at } = await answer(service)
  const [port, admin] = [await freePort(), await freePort()]
  const template = readFileSync(join(root, 'real/fixtures/keep-alive.yaml'), 'utf8')
  const [manifests, bootstrap] = [join(folder, 'mesh.yaml'), join(folder, 'envoy.yaml')]
  writeFileSync(manifests, template.replace('$POLICY', policy).replace('$RETRIES', retries))
  const from = ['envoy', '--from', 'deployment/lab/client', '-f', manifests]
  const places = ['--endpoint', `app=127.0.0.1:${at}`, '--listen', `8000=${port}`]
  const lanes = [join(root, 'packages/cli/bin/lanes.js'), ...from, ...places]
  const printed = execFileSync(process.execPath, [...lanes, '--admin', `127.0.0.1:${admin}`])
  writeFileSync(bootstrap, printed)
  const options = ['--concurrency', '1', '--disable-hot-restart', '--log-level', 'error']
  const proxy = start(envoy, ['-c', bootstrap, ...options])
  try {
    await listening(port)
    return await measure({ service, port, admin })
  } finally {
    await proxy.stop()
    service.disconnect()
    await once(service, 'exit')
  }
}

/** How many of the POSTs of all bursts failed, and how often Envoy tried again. */
async function countErrors({ service, port, admin }) {
  let failed = 0
  for (let burst = 1; burst <= bursts; burst += 1) {
    const agent = new Agent({ keepAlive: true })
    await postAll(port, agent, `/together?n=${CONNECTIONS}`)
    await wait(STOCK + BUFFER - BUSY / 2)
    await ask(service, { block: BUSY })
    const statuses = await postAll(port, agent, '/')
    failed += statuses.filter((status) => status !== 200).length
    agent.destroy()
  }
  const page = await fetch(`http://127.0.0.1:${admin}/stats?filter=upstream_rq_retry$`)
  const counts = [...(await page.text()).matchAll(/upstream_rq_retry: (\d+)/g)]
  return { failed, retried: counts.reduce((sum, [, count]) => sum + Number(count), 0) }
}

function postAll(port, agent, path) {
  return Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const outgoing = request({ port, agent, path, method: 'POST', headers: { host: 'app' } })
      outgoing.end('pay 10 euros')
      const [response] = await once(outgoing, 'response')
      response.resume()
      await once(response, 'end')
      return response.statusCode
    }),
  )
}

/** Clients that ask without pause: seconds, and the latencies in milliseconds, sorted. */
async function askWithoutPause(port, count) {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS })
  const latencies = []
  const began = performance.now()
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      for (let sent = 0; sent < count / CLIENTS; sent += 1) {
        const asked = performance.now()
        const outgoing = request({ port, agent, headers: { host: 'app' } }).end()
        const [response] = await once(outgoing, 'response')
        response.resume()
        await once(response, 'end')
        latencies.push(performance.now() - asked)
      }
    }),
  )
  agent.destroy()
  return {
    seconds: (performance.now() - began) / 1000,
    latencies: latencies.toSorted((a, b) => a - b),
  }
}

const before = describeLoad()
const results = new Map(variants.map(({ name }) => [name, []]))
for (let round = 1; round <= rounds; round += 1) {
  for (const variant of round % 2 === 1 ? variants : variants.toReversed()) {
    const errors = await onStage(variant, countErrors)
    const speed = await onStage(variant, async ({ port }) => {
      await askWithoutPause(port, requests / 4)
      return askWithoutPause(port, requests)
    })
    const { seconds, latencies } = speed
    const perSecond = latencies.length / seconds
    const [p50, p99] = [0.5, 0.99].map((part) => latencies[Math.floor(latencies.length * part)])
    results.get(variant.name).push({ ...errors, perSecond, p50, p99 })
    console.error(`round ${round} of ${rounds}: ${variant.name}: ${JSON.stringify(errors)}`)
  }
}
rmSync(folder, { recursive: true })

const posts = rounds * bursts * CONNECTIONS
const bare = results.get(variants[0].name)
const middle = (list, field) => median(list.map((one) => one[field]))
const rows = variants.map(({ name }) => {
  const own = results.get(name)
  const sum = (field) => own.reduce((total, one) => total + one[field], 0)
  const added = (field) => (middle(own, field) - middle(bare, field)).toFixed(2)
  return [
    name,
    `${sum('failed')} of ${posts}`,
    sum('retried'),
    Math.round(middle(own, 'perSecond')),
    middle(own, 'p50').toFixed(2),
    added('p50'),
    middle(own, 'p99').toFixed(2),
    own.map(({ perSecond }) => Math.round(perSecond)).join(' '),
  ]
})

const section = [
  `\`node bench/uc.js --rounds ${rounds} --requests ${requests} --bursts ${bursts}\`, ${describeMachine()}, Envoy 1.40.0, ${before} before and ${describeLoad()} after:`,
  '',
  '| remedy | POSTs that got 503 | retries | requests/s | p50, ms | added, ms | p99, ms | each round, requests/s |',
  '|---|--:|--:|--:|--:|--:|--:|---|',
  ...rows.map((row) => `| ${row.join(' | ')} |`),
].join('\n')

console.log(section)
await writeSection('uc', section)
