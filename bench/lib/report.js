import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { cpus, loadavg, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'

/** The middle value; of an even number of values, the mean of the two in the middle. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2
}

/** For instance `AMD EPYC, 2 cores, 8 GB, linux x64, Node v20.20.2`. */
export function describeMachine() {
  const all = cpus()
  const model = all[0]?.model.trim() ?? 'unknown CPU'
  const memory = Math.round(totalmem() / 2 ** 30)
  const { platform, arch, version } = process
  return `${model}, ${all.length} cores, ${memory} GB, ${platform} ${arch}, Node ${version}`
}

/** For instance `koa 3.3.0, axios 1.21.1`. */
export function describeVersions(names) {
  const require = createRequire(import.meta.resolve('@traffic-lanes/propagation/package.json'))
  return names
    .map((name) =>
      name === '@traffic-lanes/propagation' ? './package.json' : `${name}/package.json`,
    )
    .map((path) => require(path))
    .map(({ name, version }) => `${name} ${version}`)
    .join(', ')
}

/** What ran in the last minute, a busy core counting 1: more than the benchmark's own three processes blurs it. */
export function describeLoad() {
  return `load average ${loadavg()[0].toFixed(1)}`
}

/** Replaces the section of docs/benchmarks.md between `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`. */
export async function writeSection(name, content) {
  const path = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url))
  const [open, close] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`]
  const text = await readFile(path, 'utf8')
  const [start, end] = [text.indexOf(open), text.indexOf(close)]
  if (start < 0 || end < start) {
    throw new Error(`Expected docs/benchmarks.md to hold "${open}" and, below it, "${close}"`)
  }
  const updated = `${text.slice(0, start)}${open}\n\n${content}\n\n${text.slice(end)}`
  await writeFile(
    path,
    await format(updated, { ...(await resolveConfig(path)), parser: 'markdown' }),
  )
}
