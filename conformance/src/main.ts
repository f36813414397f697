import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readCases } from './cases/case.ts'
import type { Case } from './cases/case.ts'
import { disagreements, formatDisagreement } from './cases/disagreements.ts'
import { formatGolden, readGolden, writeGolden } from './cases/golden.ts'
import type { Golden } from './cases/golden.ts'
import { readPending } from './cases/pending.ts'
import { judgeCasesByEnvoy } from './envoy/judge-cases.ts'
import { startOracle } from './oracle/oracle.ts'
import { lintConformance } from './lint.ts'
import { judgeRegexes } from './regex/judge.ts'

const usage = `pnpm conformance [--write] [CASE…]
  asks istiod's code, and Envoy with what istiod's code tells it, about every case (or those whose names contain
  a CASE), and compares the engine with both
  --write  writes the goldens; without it a stale one is a failure
`

const { values, positionals } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})
if (values.help) process.stdout.write(usage)
else process.exitCode = await run()

async function run(): Promise<number> {
  const folder = join(import.meta.dirname, '../oracle')
  execFileSync(join(folder, 'build.sh'), { stdio: 'inherit' })
  const binary = join(folder, '../.cache/oracle')
  const istio = execFileSync(binary, ['version'], { encoding: 'utf8' }).trim()
  const cases = readCases().filter(
    ({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
  )
  const pending = readPending()
  const oracle = startOracle({ binary })
  const counts = { requests: 0, stale: 0, crashed: 0, differing: 0, pending: 0 }
  const answered = await Promise.all(
    cases.map(async (one) => ({ one, verdict: await oracle.ask(one.world) })),
  )
  await oracle.close()
  for (const { one, verdict } of answered) {
    const { rejected, crashed, made, answers } = verdict
    if (crashed !== null) {
      counts.crashed += 1
      print(`${one.name}: istiod's code crashed: ${crashed}`)
      continue
    }
    counts.requests += answers.length
    const golden: Golden = { istio, input: one.input, rejected, made, answers }
    if (isStale(one, golden)) {
      if (values.write) writeGolden(one, golden)
      else {
        counts.stale += 1
        print(`${one.name}: the golden is stale; write it anew: pnpm conformance --write`)
      }
    }
    const found = disagreements(one.world, golden)
    if (found.length === 0) continue
    if (pending.has(one.name)) counts.pending += 1
    else counts.differing += 1
    print(`${one.name}: the engine differs${pending.has(one.name) ? ' (pending)' : ''}`)
    for (const each of found) print(formatDisagreement(each))
  }
  const envoy = await judgeCasesByEnvoy(cases, binary, pending, print)
  print(
    `istio ${istio}: ${cases.length} cases, ${counts.requests} requests; ` +
      `${counts.differing} cases differ, ${counts.pending} more are pending, ` +
      `${counts.crashed} crashed, ${counts.stale} goldens are stale`,
  )
  print(envoy.summary)
  const regex = await judgeRegexes(binary, { seed: 1, count: 2000 })
  for (const each of regex.differing) print(each)
  print(
    `RE2: ${regex.patterns} patterns of seed 1, ${regex.refused} refused; ` +
      `${regex.inputs} texts, ${regex.matched} matched; ${regex.differing.length} patterns differ`,
  )
  const lint = await lintConformance({ binary, write: values.write })
  for (const each of lint.differences) print(each)
  if (!values.write)
    for (const name of lint.stale)
      print(`lint ${name}: the golden is stale; pnpm conformance --write`)
  print(
    `lint: ${lint.cases} cases through Istio's analyzers, ${lint.verdicts} verdicts; ` +
      `${lint.differences.length} differ, ${lint.stale.length} goldens are stale`,
  )
  const lintFaults = lint.differences.length + (values.write ? 0 : lint.stale.length)
  const faults = lintFaults + counts.differing + counts.crashed + counts.stale + envoy.differing
  return faults + regex.differing.length === 0 ? 0 : 1
}

function isStale(one: Case, golden: Golden): boolean {
  const kept = readGolden(one)
  return kept === null || formatGolden(kept) !== formatGolden(golden)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
