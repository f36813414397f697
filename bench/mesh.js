// A mesh of 1,000 Services with three versions each: lanes lint beside istioctl analyze, time and memory.
//   node bench/mesh.js [--rounds N]   (on a built tree; rewrites a section of docs/benchmarks.md)
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readCount } from './lib/arguments.js'
import { describeLoad, describeMachine, median, writeSection } from './lib/report.js'

const rounds = readCount('rounds', 5)
const SERVICES = 1000
const before = describeLoad()
const folder = mkdtempSync(join(tmpdir(), 'bench-mesh-'))
for (let index = 0; index < SERVICES; index += 1)
  writeFileSync(join(folder, `service-${index}.yaml`), manifestsOf(`service-${index}`))

const lanes = new URL('../packages/cli/bin/lanes.js', import.meta.url).pathname
const istioctl = new URL('../.cache/istioctl', import.meta.url).pathname
const variants = [
  { name: 'lanes lint', command: process.execPath, args: [lanes, 'lint', '-f', folder] },
  ...(existsSync(istioctl)
    ? [
        {
          name: 'istioctl analyze',
          command: istioctl,
          args: ['analyze', '-A', '--use-kube=false', folder],
        },
      ]
    : []),
]
if (variants.length === 1)
  console.error(
    'NOT RUN: istioctl; install it: GOBIN=$PWD/.cache go install istio.io/istio/istioctl/cmd/istioctl@VERSION',
  )

const results = new Map(variants.map(({ name }) => [name, []]))
for (let round = 1; round <= rounds; round += 1) {
  for (const { name, command, args } of round % 2 === 1 ? variants : variants.toReversed()) {
    const result = await run(command, args)
    results.get(name).push(result)
    console.error(
      `round ${round} of ${rounds}: ${name}: ${result.seconds.toFixed(2)} s, ${result.peak.toFixed(0)} MB`,
    )
  }
}
rmSync(folder, { recursive: true })

const middle = (name, field) => median(results.get(name).map((each) => each[field]))
const own = middle('lanes lint', 'seconds')
const section = [
  `\`node bench/mesh.js --rounds ${rounds}\`, ${SERVICES} Services, ${describeMachine()}, ${before} before and ${describeLoad()} after:`,
  '',
  '| program | median, s | lanes to it | peak, MB | each round, s |',
  '|---|--:|--:|--:|---|',
  ...variants.map(
    ({ name }) =>
      `| ${name} | ${middle(name, 'seconds').toFixed(2)} | ${(own / middle(name, 'seconds')).toFixed(2)} | ${middle(name, 'peak').toFixed(0)} | ${results
        .get(name)
        .map(({ seconds }) => seconds.toFixed(2))
        .join(' ')} |`,
  ),
].join('\n')
console.log(section)
await writeSection('mesh', section)

/** Wall time in seconds, and the most memory it held, in MB, as the kernel counts it. */
async function run(command, args) {
  const began = performance.now()
  const child = spawn(command, args, { stdio: 'ignore' })
  let peak = 0
  const look = setInterval(() => {
    try {
      peak = Math.max(
        peak,
        Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0),
      )
    } catch {
      // It has ended.
    }
  }, 20)
  const [code] = await once(child, 'exit')
  clearInterval(look)
  // Findings are no failure: istioctl ends with 79 or 1 on them.
  if (code !== 0 && code !== 1 && code !== 79)
    throw new Error(`${command} ended with exit code ${code}`)
  return { seconds: (performance.now() - began) / 1000, peak: peak / 1000 }
}

function manifestsOf(name) {
  const versions = ['release', 'release-v1', 'release-v2']
  const host = `${name}.shop.svc.cluster.local`
  const workload = (version) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}-${version}
  namespace: shop
  labels: { app: ${name}, version: ${version} }
spec:
  selector:
    matchLabels: { app: ${name}, version: ${version} }
  template:
    metadata:
      labels: { app: ${name}, version: ${version} }
    spec:
      containers:
        - name: app
          image: registry.example.com/${name}:${version}
          ports:
            - name: http
              containerPort: 8080
`
  return [
    `apiVersion: v1
kind: Service
metadata:
  name: ${name}
  namespace: shop
spec:
  selector: { app: ${name} }
  ports:
    - name: http
      port: 80
      targetPort: http
      appProtocol: http
`,
    ...versions.map(workload),
    `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: ${name}
  namespace: shop
spec:
  host: ${host}
  trafficPolicy:
    connectionPool:
      http:
        idleTimeout: 30s
  subsets:
${versions.map((version) => `    - name: ${version}\n      labels: { version: ${version} }`).join('\n')}
`,
    `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: ${name}
  namespace: shop
spec:
  hosts:
    - ${host}
  http:
${versions
  .toReversed()
  .map(
    (version) => `    - name: ${version}
${version === 'release' ? '' : `      match:\n        - headers:\n            project-version:\n              exact: ${version}\n`}      route:
        - destination:
            host: ${host}
            subset: ${version}
            port:
              number: 80`,
  )
  .join('\n')}
`,
  ].join('---\n')
}
